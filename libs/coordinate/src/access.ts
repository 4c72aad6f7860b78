import type { Authorizer } from '@mesh/acl';
import type { NodeCoordinate } from './types.ts';

/** Coordinates of nodes that may be seen. */
export function readableCoordinates(
  authorizer: Authorizer,
  found: readonly NodeCoordinate[],
): readonly NodeCoordinate[] {
  return found.filter(({ Node: node }) => authorizer.allows('node', 'read', node));
}
