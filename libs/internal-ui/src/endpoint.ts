import { internalUiRoutes, type UiServiceSummary, type UiTopology } from '@mesh/api-contract';
import { checkServiceNodeFilter, keepMatching } from '@mesh/catalog';
import type { ReadEndpoint } from '@mesh/resource';
import { nodeFilter } from './filter-schemas.ts';
import { allInstances, allNodes, oneNode, summarize, type UiNode } from './queries.ts';
import { topologyOf } from './topology.ts';

/** Services with counts; the filter chooses among their instances. */
export const uiServices: ReadEndpoint<{ readonly filter: string }, readonly UiServiceSummary[]> = {
  kind: 'read',
  method: 'Internal.ServiceDump',
  acl: internalUiRoutes.services.acl,
  run: (view, { filter }) =>
    summarize(keepMatching(allInstances(view), filter, checkServiceNodeFilter)),
};

/** Nodes with everything on them. */
export const uiNodes: ReadEndpoint<{ readonly filter: string }, readonly UiNode[]> = {
  kind: 'read',
  method: 'Internal.NodeDump',
  acl: internalUiRoutes.nodes.acl,
  run: (view, { filter }) => keepMatching(allNodes(view), filter, nodeFilter),
};

/** One node with everything on it. */
export const uiNode: ReadEndpoint<{ readonly node: string }, UiNode | undefined> = {
  kind: 'read',
  method: 'Internal.NodeInfo',
  acl: internalUiRoutes.node.acl,
  run: (view, { node }) => oneNode(view, node),
};

/** What holds where no intention decides: while there are no ACLs, everything is allowed. */
const DEFAULT_ALLOW = true;

/** The neighbourhood of a service in the mesh. */
export const uiTopology: ReadEndpoint<{ readonly service: string }, UiTopology> = {
  kind: 'read',
  method: 'Internal.ServiceTopology',
  acl: internalUiRoutes.topology.acl,
  run: (view, { service }, { datacenter }) => topologyOf(view, service, datacenter, DEFAULT_ALLOW),
};
