// For server and runtime.
export type { BatcherParts, BatchLimits } from './batcher.ts';
export { CoordinateBatcher, DEFAULT_BATCH_LIMITS } from './batcher.ts';
// For agent and http: reads, writes, routes.
export type { NodeExists } from './commands.ts';
export {
  DIMENSIONS,
  distance,
  distancesFrom,
  isUsable,
  originCoordinate,
  sortByDistance,
} from './distance.ts';
export type { DistancesArgs } from './endpoint.ts';
export {
  coordinateBatchUpdate,
  coordinateDistances,
  coordinateNode,
  coordinateNodes,
  coordinateUpdate,
} from './endpoint.ts';
export type { CoordinateHttpDeps } from './http.ts';
export { coordinateHttpRoutes } from './http.ts';
export { nearestFirst } from './near.ts';
export type { CoordinateHooks } from './resource.ts';
export { coordinateResource } from './resource.ts';
// For catalog.
export { deleteCoordinates } from './table.ts';
export type { DatacenterCoordinates, NodeCoordinate } from './types.ts';
