import { catalogRoutes, type NodeService } from '@mesh/api-contract';
import {
  type BoundRoute,
  decodeJsonBody,
  implement,
  jsonReply,
  type Reply,
  type RequestContext,
  type Rpc,
  readReply,
} from '@mesh/resource';
import { deregisterBody, registerBody } from './decode.ts';
import {
  catalogDatacenters,
  catalogDeregister,
  catalogGatewayServices,
  catalogNodeServices,
  catalogNodes,
  catalogRegister,
  catalogServiceNodes,
  catalogServices,
} from './endpoint.ts';
import { nodeMetaOf, replySorted, requireParam } from './request.ts';

/** What the handlers need. */
export interface CatalogHttpDeps {
  readonly rpc: Rpc;
  /** Name of this agent's node, for ?near=_agent. */
  readonly nodeName: string;
}

/** Handlers of the catalog routes. */
export function catalogHttpRoutes(deps: CatalogHttpDeps): readonly BoundRoute[] {
  const { rpc } = deps;
  return implement(catalogRoutes, {
    register: async ({ body, writeOptions }) => {
      const request = decodeJsonBody(body, registerBody);
      const datacenter = request.Datacenter || writeOptions.datacenter;
      return jsonReply(await rpc.write(catalogRegister, request, { ...writeOptions, datacenter }));
    },
    deregister: async ({ body, writeOptions }) => {
      const request = decodeJsonBody(body, deregisterBody);
      const datacenter = request.Datacenter || writeOptions.datacenter;
      return jsonReply(
        await rpc.write(catalogDeregister, request, { ...writeOptions, datacenter }),
      );
    },
    datacenters: async ({ readOptions }) => {
      const { datacenter, token, signal } = readOptions;
      const options = { datacenter, token, server: 'any', signal } as const;
      // Without X-Consul-* headers: the list is no replicated state.
      return jsonReply(await rpc.call(catalogDatacenters, {}, options));
    },
    nodes: async (request) => {
      const args = { nodeMeta: nodeMetaOf(request), filter: request.filter };
      const reply = await rpc.read(catalogNodes, args, request.readOptions);
      return replySorted(rpc, request, reply, (row) => row.Node, deps.nodeName);
    },
    services: async (request) => {
      const args = { nodeMeta: nodeMetaOf(request) };
      return readReply(await rpc.read(catalogServices, args, request.readOptions));
    },
    service: (request) => instances(deps, request, false),
    connect: (request) => instances(deps, request, true),
    node: async (request) => {
      const node = requireParam(request, 'node', 'node name');
      const args = { node, filter: request.filter };
      const reply = await rpc.read(catalogNodeServices, args, request.readOptions);
      const found = reply.value;
      return readReply(
        reply,
        found && { Node: found.node, Services: servicesById(found.services) },
      );
    },
    nodeServices: async (request) => {
      const node = requireParam(request, 'node', 'node name');
      const args = { node, filter: request.filter };
      const reply = await rpc.read(catalogNodeServices, args, request.readOptions);
      const { node: Node = null, services: Services = null } = reply.value ?? {};
      return readReply(reply, { Node, Services });
    },
    gatewayServices: async (request) => {
      const gateway = requireParam(request, 'gateway', 'gateway name');
      const args = { gateway, filter: request.filter };
      const reply = await rpc.read(catalogGatewayServices, args, request.readOptions);
      return readReply(reply, reply.value.length === 0 ? null : reply.value);
    },
  });
}

async function instances(
  { rpc, nodeName }: CatalogHttpDeps,
  request: RequestContext,
  connect: boolean,
): Promise<Reply> {
  const args = {
    service: requireParam(request, 'service', 'service name'),
    connect,
    tags: request.query.all('tag'),
    nodeMeta: nodeMetaOf(request),
    filter: request.filter,
  };
  const reply = await rpc.read(catalogServiceNodes, args, request.readOptions);
  return replySorted(rpc, request, reply, (row) => row.Node, nodeName);
}

function servicesById(services: readonly NodeService[]): Readonly<Record<string, NodeService>> {
  const out: Record<string, NodeService> = Object.create(null);
  for (const service of services) out[service.ID] = service;
  return out;
}
