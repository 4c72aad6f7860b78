import { internalUiRoutes } from '@mesh/api-contract';
import { requireParam } from '@mesh/catalog';
import { type BoundRoute, emptyReply, implement, type Rpc, readReply } from '@mesh/resource';
import { uiNode, uiNodes, uiServices, uiTopology } from './endpoint.ts';

/** What the handlers need. */
export interface InternalUiHttpDeps {
  readonly rpc: Rpc;
}

/** Handlers of /v1/internal/ui. */
export function internalUiHttpRoutes({ rpc }: InternalUiHttpDeps): readonly BoundRoute[] {
  return implement(internalUiRoutes, {
    services: async ({ filter, readOptions }) =>
      readReply(await rpc.read(uiServices, { filter }, readOptions)),
    nodes: async ({ filter, readOptions }) =>
      readReply(await rpc.read(uiNodes, { filter }, readOptions)),
    node: async (request) => {
      const node = requireParam(request, 'node', 'node name');
      const reply = await rpc.read(uiNode, { node }, request.readOptions);
      return reply.value ? readReply(reply) : emptyReply(404, reply);
    },
    topology: async (request) => {
      const service = requireParam(request, 'service', 'service name');
      return readReply(await rpc.read(uiTopology, { service }, request.readOptions));
    },
  });
}
