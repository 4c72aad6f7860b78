import type { Authorizer } from '@mesh/acl';
import type { UiNeighbour, UiTopology } from '@mesh/api-contract';
import { canReadCheck, canReadNode, canReadService } from '@mesh/catalog';
import type { UiNode } from './queries.ts';

/** Nodes that may be seen, with those of their services and checks that may be. */
export function readableNodes(authorizer: Authorizer, found: readonly UiNode[]): readonly UiNode[] {
  return found
    .filter(({ Node: name }) => canReadNode(authorizer, name))
    .map((node) => ({
      ...node,
      Services: node.Services.filter(({ Service }) => canReadService(authorizer, Service)),
      Checks: node.Checks.filter((check) => canReadCheck(authorizer, check)),
    }));
}

/** Neighbours that may be seen, and whether there are others. */
export function readableTopology(authorizer: Authorizer, found: UiTopology): UiTopology {
  const seen = (side: readonly UiNeighbour[]) =>
    side.filter(({ Name }) => canReadService(authorizer, Name));
  const [Upstreams, Downstreams] = [seen(found.Upstreams), seen(found.Downstreams)];
  const isWhole =
    Upstreams.length === found.Upstreams.length && Downstreams.length === found.Downstreams.length;
  return { Upstreams, Downstreams, FilteredByACLs: !isWhole };
}
