/** RPC methods of health. */

import { type CheckServiceNode, type HealthCheck, healthRoutes } from '@mesh/api-contract';
import {
  checkFilter,
  checkServiceNodeFilter,
  keepMatching,
  readableChecks,
  readableInstances,
} from '@mesh/catalog';
import type { ReadEndpoint } from '@mesh/resource';
import { checksInState, healthOf, nodeChecks, serviceChecks } from './queries.ts';
import type { CheckQuery, HealthQuery } from './types.ts';

/** Checks of a node and of the services on it. */
export const healthNodeChecks: ReadEndpoint<
  { readonly node: string; readonly filter: string },
  readonly HealthCheck[]
> = {
  kind: 'read',
  method: 'Health.NodeChecks',
  acl: healthRoutes.node.acl,
  guard: { filter: readableChecks },
  run: (view, { node, filter }) => keepMatching(nodeChecks(view, node), filter, checkFilter),
};

/** Checks of all instances of a service. */
export const healthServiceChecks: ReadEndpoint<
  CheckQuery & { readonly service: string },
  readonly HealthCheck[]
> = {
  kind: 'read',
  method: 'Health.ServiceChecks',
  acl: healthRoutes.checks.acl,
  guard: { filter: readableChecks },
  run: (view, { service, nodeMeta, filter }) =>
    keepMatching(serviceChecks(view, service, nodeMeta), filter, checkFilter),
};

/** Checks in a state; `any` is every check. */
export const healthChecksInState: ReadEndpoint<
  CheckQuery & { readonly state: string },
  readonly HealthCheck[]
> = {
  kind: 'read',
  method: 'Health.ChecksInState',
  acl: healthRoutes.state.acl,
  guard: { filter: readableChecks },
  run: (view, { state, nodeMeta, filter }) =>
    keepMatching(checksInState(view, state, nodeMeta), filter, checkFilter),
};

/**
 * Instances of a service with their nodes and checks. With `ingress` the gateways that expose it:
 * which ones these are is said by configuration entries, and as long as there is no way to write
 * one, there are none.
 */
export const healthServiceNodes: ReadEndpoint<HealthQuery, readonly CheckServiceNode[]> = {
  kind: 'read',
  method: 'Health.ServiceNodes',
  acl: healthRoutes.service.acl,
  guard: { filter: readableInstances },
  run: (view, query) => {
    const rows = query.ingress ? [] : healthOf(view, query, query.passingOnly);
    return keepMatching(rows, query.filter, checkServiceNodeFilter);
  },
};
