import { statusRoutes } from '@mesh/api-contract';
import {
  type BoundRoute,
  type CallOptions,
  implement,
  jsonReply,
  type RequestContext,
  type Rpc,
} from '@mesh/resource';
import { statusLeader, statusPeers } from '../area-calls.ts';

/** Handlers of /v1/status: who leads, and which servers there are, as any server knows it. */
export function statusHttpRoutes({ rpc }: { readonly rpc: Rpc }): readonly BoundRoute[] {
  return implement(statusRoutes, {
    leader: async (request) => jsonReply(await rpc.call(statusLeader, {}, optionsOf(request))),
    peers: async (request) => jsonReply(await rpc.call(statusPeers, {}, optionsOf(request))),
  });
}

function optionsOf({ query, token, signal }: RequestContext): CallOptions {
  return { datacenter: query.get('dc') ?? '', token, server: 'any', signal };
}
