// For catalog.
export { deleteCoordinates } from './table.ts';
export type { DatacenterCoordinates, NodeCoordinate } from './types.ts';
