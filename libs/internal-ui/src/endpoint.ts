import { internalUiRoutes, type UiServiceSummary, type UiTopology } from '@mesh/api-contract';
import { checkServiceNodeFilter, keepMatching, readableInstances } from '@mesh/catalog';
import type { ReadEndpoint } from '@mesh/resource';
import { readableNodes, readableTopology } from './access.ts';
import { nodeFilter } from './filter-schemas.ts';
import { allInstances, allNodes, oneNode, summarize, type UiNode } from './queries.ts';
import { topologyOf } from './topology.ts';

/** Services with counts; the filter chooses among their instances. */
export const uiServices: ReadEndpoint<{ readonly filter: string }, readonly UiServiceSummary[]> = {
  kind: 'read',
  method: 'Internal.ServiceDump',
  acl: internalUiRoutes.services.acl,
  guard: 'own',
  run: (view, { filter }, { authorizer }) => {
    // Counted is only what may be seen.
    const seen = authorizer.isManagement
      ? allInstances(view)
      : readableInstances(authorizer, allInstances(view));
    return summarize(keepMatching(seen, filter, checkServiceNodeFilter));
  },
};

/** Nodes with everything on them. */
export const uiNodes: ReadEndpoint<{ readonly filter: string }, readonly UiNode[]> = {
  kind: 'read',
  method: 'Internal.NodeDump',
  acl: internalUiRoutes.nodes.acl,
  guard: { filter: readableNodes },
  run: (view, { filter }) => keepMatching(allNodes(view), filter, nodeFilter),
};

/** One node with everything on it. */
export const uiNode: ReadEndpoint<{ readonly node: string }, UiNode | undefined> = {
  kind: 'read',
  method: 'Internal.NodeInfo',
  acl: internalUiRoutes.node.acl,
  guard: { filter: (authorizer, node) => node && readableNodes(authorizer, [node])[0] },
  run: (view, { node }) => oneNode(view, node),
};

/** The neighbourhood of a service in the mesh. */
export const uiTopology: ReadEndpoint<{ readonly service: string }, UiTopology> = {
  kind: 'read',
  method: 'Internal.ServiceTopology',
  acl: internalUiRoutes.topology.acl,
  guard: {
    check: (authorizer, { service }) => authorizer.allows('service', 'read', service),
    filter: readableTopology,
  },
  run: (view, { service }, { datacenter, authorizer }) =>
    topologyOf(view, service, datacenter, authorizer.intentionDefaultAllow),
};
