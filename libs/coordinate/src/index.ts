// For server and runtime: the resource, its routes and its leader duty.

export type { BatcherParts, BatchLimits } from './batcher.ts';
export { CoordinateBatcher, DEFAULT_BATCH_LIMITS } from './batcher.ts';
export type { NodeExists } from './commands.ts';
export type { CoordinateHttpDeps } from './http.ts';
export { coordinateHttpRoutes } from './http.ts';
export type { CoordinateHooks } from './resource.ts';
export { coordinateResource } from './resource.ts';

// For agent: RPC methods.

export type { DistancesArgs } from './endpoint.ts';
export {
  coordinateBatchUpdate,
  coordinateDatacenters,
  coordinateDistances,
  coordinateNode,
  coordinateNodes,
  coordinateUpdate,
} from './endpoint.ts';
export type { DatacenterCoordinates, NodeCoordinate } from './types.ts';

// For catalog and health: distances.

export {
  DIMENSIONS,
  distance,
  distancesFrom,
  isUsable,
  originCoordinate,
  sortByDistance,
} from './distance.ts';
export { nearestFirst } from './near.ts';
export { deleteCoordinates } from './table.ts';
