import {
  agentCheckRoutes,
  agentConnectRoutes,
  agentRoutes,
  agentServiceRoutes,
  type HealthCheck,
  type HealthStatus,
  type NodeService,
  type ServiceAddress,
  type Weights,
} from '@mesh/api-contract';
import { asIs, type ClientCore, type RouteTarget } from '../client-core.ts';
import type { CallOptions } from '../options.ts';
import type { Decoder, Read } from '../read.ts';
import type { ConnectRoots } from './connect.ts';

/** A check of an agent, in the form of its API. Durations as Go writes them: 10s, 1m30s. */
export interface AgentCheckRequest {
  readonly CheckID?: string;
  readonly Name?: string;
  readonly Notes?: string;
  readonly Status?: HealthStatus;
  readonly Args?: readonly string[];
  readonly HTTP?: string;
  readonly Method?: string;
  readonly Header?: Readonly<Record<string, readonly string[]>>;
  readonly Body?: string;
  readonly TCP?: string;
  readonly GRPC?: string;
  readonly GRPCUseTLS?: boolean;
  readonly TTL?: string;
  readonly AliasService?: string;
  readonly AliasNode?: string;
  readonly DockerContainerID?: string;
  readonly Shell?: string;
  readonly TLSSkipVerify?: boolean;
  readonly Interval?: string;
  readonly Timeout?: string;
  readonly SuccessBeforePassing?: number;
  readonly FailuresBeforeCritical?: number;
  readonly DeregisterCriticalServiceAfter?: string;
}

/** A service to register with an agent. */
export interface AgentServiceRequest {
  readonly Name: string;
  /** @default Name */
  readonly ID?: string;
  readonly Kind?: string;
  readonly Tags?: readonly string[];
  readonly Port?: number;
  readonly Address?: string;
  readonly TaggedAddresses?: Readonly<Record<string, ServiceAddress>>;
  readonly Meta?: Readonly<Record<string, string>>;
  readonly Weights?: Weights;
  readonly EnableTagOverride?: boolean;
  readonly Check?: AgentCheckRequest;
  readonly Checks?: readonly AgentCheckRequest[];
  readonly Proxy?: unknown;
  readonly Connect?: unknown;
}

export interface AgentMember {
  readonly Name: string;
  readonly Addr: string;
  readonly Port: number;
  readonly Tags: Readonly<Record<string, string>>;
  /** Of serf: 0 none, 1 alive, 2 leaving, 3 left, 4 failed. */
  readonly Status: number;
}

export interface AgentSelf {
  readonly Config: {
    readonly Datacenter: string;
    readonly NodeName: string;
    readonly NodeID: string;
    readonly Server: boolean;
    readonly Version: string;
  };
  readonly Member: AgentMember;
  readonly Stats: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A service with its checks, and the worst of their states. */
export interface AgentServiceHealth {
  readonly AggregatedStatus: HealthStatus;
  readonly Service: AgentService;
  readonly Checks: readonly HealthCheck[];
}

/** A service as its agent shows it. */
export type AgentService = Omit<NodeService, 'CreateIndex' | 'ModifyIndex'>;

/** Leaving waits until the others know. */
const LEAVE_EXTRA_MS = 60_000;

/** A certificate of the service mesh with its key, PEM. */
export interface ConnectLeaf {
  readonly SerialNumber: string;
  readonly CertPEM: string;
  readonly PrivateKeyPEM: string;
  readonly Service: string;
  readonly ServiceURI: string;
  readonly ValidAfter: string;
  readonly ValidBefore: string;
}

/** Who wants to connect to which service. */
export interface ConnectRequest {
  readonly Target: string;
  readonly ClientCertURI: string;
  readonly ClientCertSerial: string;
}

/** The agent itself: its services, its checks, its life. */
export class AgentApi {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  /** Who the agent is, its configuration and counters. */
  self(options?: CallOptions): Read<AgentSelf> {
    return this.#core.read(agentRoutes.self, {}, {}, asIs<AgentSelf>(), options);
  }

  /** Gossip members that the agent knows. */
  members(options: CallOptions & { readonly wan?: boolean } = {}): Read<readonly AgentMember[]> {
    const decoder = asIs<readonly AgentMember[]>();
    return this.#core.read(agentRoutes.members, {}, { wan: options.wan }, decoder, options);
  }

  /** Services of this agent by id. */
  services(
    options: CallOptions & { readonly filter?: string } = {},
  ): Read<Readonly<Record<string, AgentService>>> {
    const decoder = asIs<Readonly<Record<string, AgentService>>>();
    return this.#core.read(agentServiceRoutes.services, {}, {}, decoder, options);
  }

  /** One service of this agent; undefined where there is none. */
  service(id: string, options?: CallOptions): Read<AgentService | undefined> {
    const decoder = {
      accepts: [404],
      decode: (body: unknown) => (body ?? undefined) as AgentService | undefined,
    };
    return this.#core.read(agentServiceRoutes.service, { id }, {}, decoder, options);
  }

  /** Health of one service of this agent by its id; undefined where there is none. */
  healthById(id: string, options?: CallOptions): Read<AgentServiceHealth | undefined> {
    const decoder = healthDecoder<AgentServiceHealth>();
    return this.#core.read(agentServiceRoutes.healthById, { id }, {}, decoder, options);
  }

  /** Health of the instances of a service on this agent; undefined where there are none. */
  healthByName(
    name: string,
    options?: CallOptions,
  ): Read<readonly AgentServiceHealth[] | undefined> {
    const decoder = healthDecoder<readonly AgentServiceHealth[]>();
    return this.#core.read(agentServiceRoutes.healthByName, { name }, {}, decoder, options);
  }

  /** Measurements of the last interval. */
  metrics(options?: CallOptions): Read<Readonly<Record<string, unknown>>> {
    const decoder = asIs<Readonly<Record<string, unknown>>>();
    return this.#core.read(agentRoutes.metrics, {}, {}, decoder, options);
  }

  /** The machine that the agent runs on. */
  host(options?: CallOptions): Read<Readonly<Record<string, unknown>>> {
    const decoder = asIs<Readonly<Record<string, unknown>>>();
    return this.#core.read(agentRoutes.host, {}, {}, decoder, options);
  }

  /** Checks of this agent by id. */
  checks(
    options: CallOptions & { readonly filter?: string } = {},
  ): Read<Readonly<Record<string, HealthCheck>>> {
    const decoder = asIs<Readonly<Record<string, HealthCheck>>>();
    return this.#core.read(agentCheckRoutes.checks, {}, {}, decoder, options);
  }

  /** Registers a service, or replaces the one with its id. */
  registerService(
    service: AgentServiceRequest,
    options: CallOptions & { readonly replaceExistingChecks?: boolean } = {},
  ): Promise<void> {
    const query = { 'replace-existing-checks': options.replaceExistingChecks };
    return this.#put(agentServiceRoutes.register, {}, query, options, service);
  }

  deregisterService(id: string, options?: CallOptions): Promise<void> {
    return this.#put(agentServiceRoutes.deregister, { id }, {}, options);
  }

  /** Registers a check, or replaces the one with its id. */
  registerCheck(
    check: AgentCheckRequest & { readonly Name: string; readonly ServiceID?: string },
    options?: CallOptions,
  ): Promise<void> {
    return this.#put(agentCheckRoutes.register, {}, {}, options, check);
  }

  deregisterCheck(id: string, options?: CallOptions): Promise<void> {
    return this.#put(agentCheckRoutes.deregister, { id }, {}, options);
  }

  /** Sets the state of a TTL check and restarts its time. */
  updateCheck(
    id: string,
    status: 'passing' | 'warning' | 'critical',
    output = '',
    options?: CallOptions,
  ): Promise<void> {
    return this.#put(agentCheckRoutes.update, { id }, {}, options, {
      Status: status,
      Output: output,
    });
  }

  /** Marks a TTL check as passing and restarts its time. */
  passCheck(id: string, note = '', options?: CallOptions): Promise<void> {
    return this.#put(agentCheckRoutes.pass, { id }, { note: note || undefined }, options);
  }

  /** Marks a TTL check as in need of attention and restarts its time. */
  warnCheck(id: string, note = '', options?: CallOptions): Promise<void> {
    return this.#put(agentCheckRoutes.warn, { id }, { note: note || undefined }, options);
  }

  /** Marks a TTL check as critical and restarts its time. */
  failCheck(id: string, note = '', options?: CallOptions): Promise<void> {
    return this.#put(agentCheckRoutes.fail, { id }, { note: note || undefined }, options);
  }

  /** Sets one of the agent's own tokens: default, agent, agent_master or replication. */
  token(kind: string, token: string, options?: CallOptions): Promise<void> {
    return this.#put(agentRoutes.token, { kind }, {}, options, { Token: token });
  }

  /** Takes a service out of DNS and health answers, or puts it back. */
  serviceMaintenance(
    id: string,
    enable: boolean,
    options: CallOptions & { readonly reason?: string } = {},
  ): Promise<void> {
    const query = { enable: String(enable), reason: options.reason };
    return this.#put(agentServiceRoutes.maintenance, { id }, query, options);
  }

  /** Takes the whole node out of DNS and health answers, or puts it back. */
  maintenance(
    enable: boolean,
    options: CallOptions & { readonly reason?: string } = {},
  ): Promise<void> {
    const query = { enable: String(enable), reason: options.reason };
    return this.#put(agentRoutes.maintenance, {}, query, options);
  }

  /** Makes the agent read its configuration files again. */
  reload(options?: CallOptions): Promise<void> {
    return this.#put(agentRoutes.reload, {}, {}, options);
  }

  /** Makes the agent leave the cluster and end; resolves when it has left. */
  async leave(options?: CallOptions): Promise<void> {
    const change = { route: agentRoutes.leave, idempotent: false, extraMs: LEAVE_EXTRA_MS };
    await this.#core.change(change, options);
  }

  /** Makes the agent join a cluster through a member. */
  join(address: string, options: CallOptions & { readonly wan?: boolean } = {}): Promise<void> {
    const query = { wan: options.wan ? '1' : undefined };
    return this.#put(agentRoutes.join, { address }, query, options);
  }

  /** Declares a failed member to have left. */
  forceLeave(
    node: string,
    options: CallOptions & { readonly prune?: boolean } = {},
  ): Promise<void> {
    return this.#put(agentRoutes.forceLeave, { node }, { prune: options.prune }, options);
  }

  /** All changes here may be repeated: the second one changes nothing more. */
  async #put(
    route: RouteTarget,
    params: Readonly<Record<string, string>>,
    query: Readonly<Record<string, string | boolean | undefined>>,
    options?: CallOptions,
    body?: unknown,
  ): Promise<void> {
    await this.#core.change({ route, params, query, body, idempotent: true }, options);
  }

  /** Authorities that are trusted, out of the agent's cache. */
  connectRoots(options?: CallOptions): Read<ConnectRoots> {
    return this.#core.read(agentConnectRoutes.roots, {}, {}, asIs<ConnectRoots>(), options);
  }

  /** Certificate and private key of a service; the agent renews them. */
  connectLeaf(service: string, options?: CallOptions): Read<ConnectLeaf> {
    const { leaf } = agentConnectRoutes;
    return this.#core.read(leaf, { service }, {}, asIs<ConnectLeaf>(), options);
  }

  /** Whether who has a certificate may connect to a service, and why. */
  async connectAuthorize(
    request: ConnectRequest,
    options?: CallOptions,
  ): Promise<{ readonly Authorized: boolean; readonly Reason: string }> {
    const change = { route: agentConnectRoutes.authorize, body: request, idempotent: true };
    return JSON.parse((await this.#core.change(change, options)).body);
  }
}

/** Health answers 429 for warning and 503 for critical, with the same body. */
function healthDecoder<T>(): Decoder<T | undefined> {
  return {
    accepts: [404, 429, 503],
    bodyOf: [429, 503],
    decode: (body) => (body ?? undefined) as T | undefined,
  };
}
