import type { Resource, WriteEndpoint } from '@mesh/resource';
import { coordinateCommands, type NodeExists } from './commands.ts';
import {
  coordinateBatchUpdate,
  coordinateDistances,
  coordinateNode,
  coordinateNodes,
} from './endpoint.ts';
import { coordinates } from './table.ts';
import type { NodeCoordinate } from './types.ts';

/** What a server gives to the resource. */
export interface CoordinateHooks {
  readonly nodeExists: NodeExists;
  /** Made by coordinateUpdate; absent where no one reports over RPC. */
  readonly update?: WriteEndpoint<NodeCoordinate, true>;
}

/** Coordinates of nodes, by which ?near= sorts. */
export function coordinateResource(hooks: CoordinateHooks): Resource {
  const endpoints = [coordinateNodes, coordinateNode, coordinateDistances, coordinateBatchUpdate];
  return {
    name: 'coordinate',
    tables: [coordinates],
    commands: coordinateCommands(hooks.nodeExists),
    endpoints: hooks.update ? [...endpoints, hooks.update] : endpoints,
  };
}
