import {
  type CatalogNode,
  catalogRoutes,
  type DeregisterRequest,
  type NodeService,
  type RegisterRequest,
  type ServiceNode,
} from '@mesh/api-contract';
import { asIs, asList, type ClientCore } from '../client-core.ts';
import type { CallOptions, ReadOptions } from '../options.ts';
import type { Read } from '../read.ts';

/** Choice and order of nodes. */
export interface NodeOptions extends ReadOptions {
  /** Nearest to this node first; `_agent` is the node of the agent. */
  readonly near?: string;
  /** Metadata that a node must have. */
  readonly nodeMeta?: Readonly<Record<string, string>>;
}

export interface ServiceOptions extends NodeOptions {
  /** Tags that an instance must have, all of them. */
  readonly tags?: readonly string[];
}

export interface NodeWithServices {
  readonly Node: CatalogNode;
  readonly Services: Readonly<Record<string, NodeService>>;
}

export interface NodeWithServiceList {
  readonly Node: CatalogNode;
  readonly Services: readonly NodeService[];
}

/** Nodes and services as they are registered, whatever their health. */
export class CatalogApi {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  /** Registers a node, a service on it and checks, or any of them. */
  async register(
    request: Partial<RegisterRequest> & Pick<RegisterRequest, 'Node' | 'Address'>,
    options?: CallOptions,
  ): Promise<void> {
    const change = { route: catalogRoutes.register, body: request, idempotent: true };
    await this.#core.change(change, options);
  }

  /** Removes a service, a check or, with neither, a whole node. */
  async deregister(
    request: Partial<DeregisterRequest> & Pick<DeregisterRequest, 'Node'>,
    options?: CallOptions,
  ): Promise<void> {
    const change = { route: catalogRoutes.deregister, body: request, idempotent: true };
    await this.#core.change(change, options);
  }

  /** Names of the known datacenters, nearest first. */
  datacenters(options?: ReadOptions): Read<readonly string[]> {
    return this.#core.read(catalogRoutes.datacenters, {}, {}, asList<string>(), options);
  }

  /** All nodes. */
  nodes(options: NodeOptions = {}): Read<readonly CatalogNode[]> {
    const decoder = asList<CatalogNode>();
    return this.#core.read(catalogRoutes.nodes, {}, nodeQuery(options), decoder, options);
  }

  /** Service names, each with the tags of its instances. */
  services(options: NodeOptions = {}): Read<Readonly<Record<string, readonly string[]>>> {
    const decoder = asIs<Readonly<Record<string, readonly string[]>>>();
    return this.#core.read(catalogRoutes.services, {}, nodeQuery(options), decoder, options);
  }

  /** Instances of a service. */
  service(service: string, options: ServiceOptions = {}): Read<readonly ServiceNode[]> {
    const query = { ...nodeQuery(options), tag: options.tags };
    return this.#core.read(
      catalogRoutes.service,
      { service },
      query,
      asList<ServiceNode>(),
      options,
    );
  }

  /** Instances that serve a service over mutual TLS: its proxies and native ones. */
  connect(service: string, options: ServiceOptions = {}): Read<readonly ServiceNode[]> {
    const query = { ...nodeQuery(options), tag: options.tags };
    const decoder = asList<ServiceNode>();
    return this.#core.read(catalogRoutes.connect, { service }, query, decoder, options);
  }

  /** A node and its services as a list; undefined where there is none. */
  nodeServices(node: string, options?: ReadOptions): Read<NodeWithServiceList | undefined> {
    const decoder = {
      decode: (body: unknown) => (body ?? undefined) as NodeWithServiceList | undefined,
    };
    return this.#core.read(catalogRoutes.nodeServices, { node }, {}, decoder, options);
  }

  /** Services that a gateway is configured for. */
  gatewayServices(
    gateway: string,
    options?: ReadOptions,
  ): Read<readonly Readonly<Record<string, unknown>>[]> {
    const decoder = asList<Readonly<Record<string, unknown>>>();
    return this.#core.read(catalogRoutes.gatewayServices, { gateway }, {}, decoder, options);
  }

  /** A node and its services; undefined where there is none. */
  node(node: string, options?: ReadOptions): Read<NodeWithServices | undefined> {
    const decoder = {
      decode: (body: unknown) => (body ?? undefined) as NodeWithServices | undefined,
    };
    return this.#core.read(catalogRoutes.node, { node }, {}, decoder, options);
  }
}

/** Parameters of a choice of nodes. */
export function nodeQuery(options: NodeOptions) {
  const meta = Object.entries(options.nodeMeta ?? {});
  return { near: options.near, 'node-meta': meta.map(([key, value]) => `${key}:${value}`) };
}
