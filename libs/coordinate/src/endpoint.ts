import { coordinateRoutes } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import type { CallEndpoint, ReadEndpoint, WriteEndpoint } from '@mesh/resource';
import { readableCoordinates } from './access.ts';
import { batchUpdateEntry } from './commands.ts';
import { distancesFrom, isUsable } from './distance.ts';
import { allCoordinates, coordinatesOf } from './queries.ts';
import type { DatacenterCoordinates, NodeCoordinate } from './types.ts';

/** Coordinates of the servers of all datacenters: what any server knows of the wide-area pool. */
export const coordinateDatacenters: CallEndpoint<
  Record<string, never>,
  readonly DatacenterCoordinates[]
> = {
  kind: 'call',
  method: 'Coordinate.ListDatacenters',
  acl: coordinateRoutes.datacenters.acl,
  guard: 'public',
};

/** All coordinates of the datacenter. */
export const coordinateNodes: ReadEndpoint<Record<string, never>, readonly NodeCoordinate[]> = {
  kind: 'read',
  method: 'Coordinate.ListNodes',
  acl: coordinateRoutes.nodes.acl,
  guard: { filter: readableCoordinates },
  run: (view) => allCoordinates(view),
};

/** Coordinates of one node. */
export const coordinateNode: ReadEndpoint<{ readonly node: string }, readonly NodeCoordinate[]> = {
  kind: 'read',
  method: 'Coordinate.Node',
  acl: coordinateRoutes.node.acl,
  guard: { check: (authorizer, { node }) => authorizer.allows('node', 'read', node) },
  run: (view, { node }) => coordinatesOf(view, node),
};

/** Which distances are asked for. */
export interface DistancesArgs {
  readonly from: string;
  readonly nodes: readonly string[];
}

/**
 * Round-trip times in seconds from a node to others, in their order; -1 where unknown (JSON has no
 * infinity). Null when the node itself has no coordinate.
 */
export const coordinateDistances: ReadEndpoint<DistancesArgs, readonly number[] | null> = {
  kind: 'read',
  method: 'Coordinate.Distances',
  acl: coordinateRoutes.nodes.acl,
  guard: 'public',
  run: (view, { from, nodes }) =>
    distancesFrom(view, from, nodes)?.map((metric) => (Number.isFinite(metric) ? metric : -1)) ??
    null,
};

/**
 * Reports one coordinate. The leader hands it to `accept` (CoordinateBatcher.add) and answers at
 * once. A process that never leads may pass a function that does nothing: `prepare` runs on the
 * leader alone.
 */
export function coordinateUpdate(
  accept: (update: NodeCoordinate) => void,
): WriteEndpoint<NodeCoordinate, true> {
  return {
    kind: 'write',
    method: 'Coordinate.Update',
    acl: coordinateRoutes.update.acl,
    guard: { check: (authorizer, { Node: node }) => authorizer.allows('node', 'write', node) },
    prepare: (update) => {
      accept(checked(update));
      return { answer: true };
    },
  };
}

/** Writes a batch of coordinates as one log entry; for the batcher. */
export const coordinateBatchUpdate: WriteEndpoint<readonly NodeCoordinate[], null> = {
  kind: 'write',
  method: 'Coordinate.BatchUpdate',
  acl: coordinateRoutes.update.acl,
  guard: 'internal',
  prepare: (updates) => ({ command: batchUpdateEntry, payload: updates.map(checked) }),
};

function checked(update: NodeCoordinate): NodeCoordinate {
  if (update.Node === '') throw invalid('Must provide node');
  if (!isUsable(update.Coord)) {
    throw invalid(
      'incompatible coordinate: Vec must have 8 numbers, and every value must be finite',
    );
  }
  return update;
}
