import type { Authorizer } from '@mesh/acl';
import { assert, type Component } from '@mesh/base';
import { Authority, caResource, connectDisabled, SecondaryAuthority } from '@mesh/connect-ca';
import {
  CoordinateBatcher,
  coordinateBatchUpdate,
  coordinateUpdate,
  type NodeCoordinate,
} from '@mesh/coordinate';
import { eventResource } from '@mesh/event';
import { fireNewLeader } from '@mesh/membership';
import { DEFAULT_LIMITS, keyringResource, type OperatorParts } from '@mesh/operator';
import {
  type Consensus,
  type LogPosition,
  RaftNode,
  type RecoveryParts,
  recoverCluster,
  type ServerInfo,
  type StateMachine,
} from '@mesh/raft';
import type { Resource, Rpc, WriteEndpoint } from '@mesh/resource';
import type { CallHandler } from '@mesh/rpc';
import {
  type SessionRequest,
  SessionTtlTracker,
  sessionCreate,
  sessionDestroy,
} from '@mesh/session';
import { createStateStore, type StateStore } from '@mesh/state';
import { AclParts } from './acl/acl-parts.ts';
import type { Authorizers } from './acl/authorizers.ts';
import { areaResource } from './area-calls.ts';
import { BlockingQueries } from './blocking-query.ts';
import { Bootstrap, hasRaftState } from './bootstrap/bootstrap.ts';
import { BootstrapPromises } from './bootstrap/promises.ts';
import { Autopilot } from './duties/autopilot.ts';
import { operatorMembers } from './duties/autopilot-sample.ts';
import { CaKeeper } from './duties/ca-keeper.ts';
import { ConfigSeeder } from './duties/config-seeder.ts';
import { Departures } from './duties/departures.ts';
import { Lead } from './duties/lead.ts';
import { askLeaderOf, primaryDuties } from './duties/primary-duties.ts';
import { Reconciler } from './duties/reconciler.ts';
import { TombstoneReaper, tombstoneReaping } from './duties/tombstone-reaper.ts';
import { Fsm } from './fsm.ts';
import { Leaver } from './leave.ts';
import { createResources } from './resources.ts';
import { Dispatcher } from './rpc/dispatcher.ts';
import { LeaderWatch } from './rpc/leader-watch.ts';
import { ServerRpc } from './rpc/server-rpc.ts';
import { serverMethods } from './server-methods.ts';
import type { ServerOptions } from './server-options.ts';
import { type SnapshotSource, Snapshots } from './snapshot/snapshots.ts';
import { serverStats } from './stats.ts';
import { WakeQueue } from './wake-queue.ts';

/** A server: the replicated state with everything that serves and tends it. */
export interface Server {
  readonly rpc: Rpc;
  readonly consensus: Consensus;
  readonly store: StateStore;
  /** Answers what arrives at the RPC port. */
  readonly handler: CallHandler;
  /** In order of start. */
  readonly components: readonly Component[];
  /** Reports a coordinate to the leader's batcher. */
  readonly coordinateUpdate: WriteEndpoint<NodeCoordinate, true>;
  /** States that users save and restore. */
  readonly snapshotSource: SnapshotSource;
  /** Creates sessions within this server's limits. */
  readonly sessionCreate: WriteEndpoint<SessionRequest, string>;
  stats(): Record<string, Record<string, string>>;
  /** What the bearer of a token may do. Throws `permission-denied` for one that does not exist. */
  authorizerOf(token: string): Authorizer;
  /**
   * Hands over the lead and leaves the cluster, where others remain in it. Never rejects, and takes no
   * longer than leaveDrainTimeMs. To be called before the pools are left.
   */
  leave(): Promise<void>;
  /**
   * Before the start: gives this server's state on disk another configuration (peers.json). Closes
   * the storage. Rejects with MeshError, and then nothing has changed.
   */
  recover(
    storage: Pick<RecoveryParts, 'logStore' | 'snapshots'>,
    servers: readonly ServerInfo[],
  ): Promise<LogPosition>;
}

/** Builds a server; nothing happens before its components are started. */
export function createServer(options: ServerOptions): Server {
  return new ServerParts(options);
}

class ServerParts implements Server {
  readonly rpc: ServerRpc;
  readonly consensus: Consensus;
  readonly store: StateStore;
  readonly handler: CallHandler;
  readonly components: readonly Component[];
  readonly coordinateUpdate: WriteEndpoint<NodeCoordinate, true>;
  readonly sessionCreate: WriteEndpoint<SessionRequest, string>;
  readonly operator: OperatorParts;
  readonly snapshotSource: Snapshots;
  private isReady = false;
  private readonly autopilot: Autopilot;
  /** Undefined where the mesh is off. */
  private readonly authority: Authority | undefined;
  private readonly machine: StateMachine;
  private readonly options: ServerOptions;
  private readonly leaver: Leaver;
  private readonly sessions: SessionTtlTracker;
  private readonly batcher: CoordinateBatcher;
  private readonly acls: AclParts;
  private readonly authorizers: Authorizers;

  constructor(options: ServerOptions) {
    this.options = options;
    const { platform, logger, nodeId } = options;
    const departures = new Departures(platform.clock);
    this.batcher = this.createBatcher();
    this.coordinateUpdate = coordinateUpdate((coordinate) => this.batcher.add(coordinate));
    this.sessionCreate = sessionCreate(options.sessionTtlMinMs);
    this.operator = this.operatorParts();
    const reaping = tombstoneReaping(() => this.store);
    this.leaver = this.createLeaver(departures);
    this.snapshotSource = new Snapshots({
      store: () => this.store,
      consensus: () => this.consensus,
    });
    this.acls = new AclParts({
      ...options,
      isPrimary: options.datacenter === this.primary,
      store: () => this.store,
      write: (endpoint, args) => this.rpc.writeAsLeader(endpoint, args),
    });
    const resources = [
      ...createResources(this),
      reaping.resource,
      this.leaver.resource(),
      this.snapshotSource.resource,
      ...this.poolResources(),
      caResource({ authority: () => this.requireAuthority(), view: () => this.store.view() }),
      this.acls.resource,
    ];
    this.store = createStateStore(resources.flatMap(({ tables }) => tables));
    this.authorizers = this.acls.authorizers(this.store);
    const fsm = new Fsm(this.store, resources, logger.named('fsm'), options.defer);
    this.snapshotSource.attach(fsm);
    this.machine = fsm;
    this.consensus = this.createConsensus();
    const watch = new LeaderWatch(this.consensus);
    this.sessions = this.createSessions();
    this.rpc = this.createRpc(watch, resources);
    const hasState = () => hasRaftState(this.consensus);
    const promises = new BootstrapPromises(nodeId, platform.clock, hasState);
    const methods = serverMethods(this.consensus, promises, () => this.isReady);
    this.handler = new Dispatcher({ rpc: this.rpc, resources, methods, logger }).handle;
    const reap = (to: { index: number }) => this.rpc.writeAsLeader(reaping.endpoint, to);
    const reaper = new TombstoneReaper(platform, this.store, reap);
    const reconciler = this.createReconciler(departures);
    this.autopilot = this.createAutopilot(() => reconciler.nudge());
    const abandoned = this.snapshotSource.tending(platform, this.rpc);
    this.authority = this.createAuthority();
    const duties = [
      ...[reconciler, this.sessions, this.batcher, reaper, abandoned, this.autopilot],
      ...this.centralDuties(),
      ...this.acls.duties(),
    ];
    const lead = new Lead({
      ...options,
      watch,
      duties,
      onLead: () => fireNewLeader(options.membership.events, options.nodeName),
    });
    fsm.onRestore(() => lead.restart());
    this.components = [this.rpc, this.raftComponent(), this.createBootstrap(promises), lead];
  }

  stats(): Record<string, Record<string, string>> {
    const { nodeId, bootstrap, bootstrapExpect, membership, datacenter } = this.options;
    const datacenters = membership.wanMembers().map(({ Tags }) => Tags.dc ?? datacenter);
    return serverStats(this.consensus.status(), {
      nodeId,
      bootstrap: bootstrap || bootstrapExpect === 1,
      knownDatacenters: new Set([datacenter, ...datacenters]).size,
    });
  }

  leave(): Promise<void> {
    return this.leaver.leave();
  }

  recover(
    storage: Pick<RecoveryParts, 'logStore' | 'snapshots'>,
    servers: readonly ServerInfo[],
  ): Promise<LogPosition> {
    const logger = this.options.logger.named('raft');
    return recoverCluster({ ...storage, machine: this.machine, logger }, servers);
  }

  private createConsensus(): Consensus {
    const { options } = this;
    const { createConsensus = (parts) => new RaftNode(parts) } = options;
    return createConsensus({
      serverId: options.nodeId,
      address: options.rpcAddress,
      logStore: options.logStore,
      snapshots: options.snapshots,
      machine: this.machine,
      transport: options.transport,
      platform: options.platform,
      timing: options.timing,
      defer: options.defer,
      logger: options.logger.named('raft'),
      metrics: options.metrics,
      ...(options.raftLimits && { limits: options.raftLimits }),
    });
  }

  private createRpc(watch: LeaderWatch, resources: readonly Resource[]): ServerRpc {
    const { options, store, consensus } = this;
    const { platform, defer, defaultQueryTimeMs, maxQueryTimeMs } = options;
    const wakes = new WakeQueue(platform.clock, defer);
    const queries = new BlockingQueries(store, platform, wakes, {
      defaultWaitMs: defaultQueryTimeMs,
      maxWaitMs: maxQueryTimeMs,
    });
    const calls = resources.flatMap((resource) => resource.calls ?? []);
    const bound = new Map(calls.map((call) => [call.endpoint.method, call]));
    assert(bound.size === calls.length, 'calls have different names');
    return new ServerRpc({
      ...options,
      primaryDatacenter: this.primary,
      store,
      consensus,
      watch,
      queries,
      bound,
      router: options.membership.router,
      touchSession: (id, ttl) => this.sessions.touch(id, ttl),
      authorizers: this.authorizers,
    });
  }

  authorizerOf(token: string): Authorizer {
    return this.authorizers.of(this.store.view(), token);
  }

  /** What agents ask of any server about the pools. */
  private poolResources(): readonly Resource[] {
    const { datacenter, membership } = this.options;
    const { router, coordinates, events, keyrings } = membership;
    return [
      areaResource({
        ...{ datacenter, router, membership, coordinates },
        consensus: () => this.consensus,
      }),
      eventResource(events),
      keyringResource({
        ...{ datacenter, keyrings },
        hasWan: () => membership.wanMembers().length > 0,
        datacenters: () => router.datacenters(),
        rpc: () => this.rpc,
      }),
    ];
  }

  private createBatcher(): CoordinateBatcher {
    const { platform, logger, metrics } = this.options;
    return new CoordinateBatcher({
      timers: platform.timers,
      logger: logger.named('coordinate'),
      metrics,
      propose: (updates) => this.rpc.writeAsLeader(coordinateBatchUpdate, updates),
    });
  }

  private createSessions(): SessionTtlTracker {
    const { platform, logger } = this.options;
    return new SessionTtlTracker({
      timers: platform.timers,
      logger: logger.named('session'),
      store: this.store,
      expire: (id) => this.rpc.writeAsLeader(sessionDestroy, { id }),
    });
  }

  private createLeaver(departures: Departures): Leaver {
    const { options } = this;
    return new Leaver({
      ...options,
      consensus: () => this.consensus,
      rpc: () => this.rpc,
      store: () => this.store,
      departures,
      timeoutMs: options.leaveDrainTimeMs,
    });
  }

  private createAuthority(): Authority | undefined {
    const { authority, platform, datacenter } = this.options;
    if (!authority) return undefined;
    return new Authority({
      ...{ ...authority, platform, datacenter },
      view: () => this.store.view(),
      write: (endpoint, args) => this.rpc.writeAsLeader(endpoint, args),
    });
  }

  private get primary(): string {
    return this.options.primaryDatacenter ?? this.options.datacenter;
  }

  /** The authority and the central configuration: in the primary datacenter kept, elsewhere followed. */
  private centralDuties(): readonly Component[] {
    const { authority, rpc, primary } = this;
    const { platform, logger, configEntries: entries = [], datacenter } = this.options;
    const view = () => this.store.view();
    const write = rpc.writeAsLeader.bind(rpc);
    if (primary !== datacenter) {
      const askPrimary = askLeaderOf(rpc, primary);
      const own = this.options.authority;
      const secondary =
        own && new SecondaryAuthority({ ...own, platform, datacenter, view, write, askPrimary });
      return primaryDuties({ primary, rpc, view, authority: secondary, platform, logger });
    }
    return [
      ...(authority
        ? [new CaKeeper({ authority, platform, logger: logger.named('connect') })]
        : []),
      new ConfigSeeder({ entries, write, logger }),
    ];
  }

  private requireAuthority(): Authority {
    if (!this.authority) throw connectDisabled();
    return this.authority;
  }

  private createReconciler(departures: Departures): Reconciler {
    const { options, consensus, store, rpc } = this;
    return new Reconciler({
      ...options,
      consensus,
      store,
      write: (endpoint, args) => rpc.writeAsLeader(endpoint, args),
      departures,
    });
  }

  private createAutopilot(reconcile: () => void): Autopilot {
    const { options, consensus, store, rpc } = this;
    return new Autopilot({
      ...options,
      consensus,
      store,
      write: (endpoint, args) => rpc.writeAsLeader(endpoint, args),
      reconcile,
      initial: options.autopilot ?? DEFAULT_LIMITS,
      logger: options.logger.named('autopilot'),
    });
  }

  private operatorParts(): OperatorParts {
    const { membership, datacenter, logger } = this.options;
    return {
      consensus: () => this.consensus,
      members: () => operatorMembers(membership, datacenter),
      health: () => this.autopilot.health(),
      logger: logger.named('operator'),
    };
  }

  private createBootstrap(promises: BootstrapPromises): Bootstrap {
    const { options, consensus } = this;
    return new Bootstrap({
      ...options,
      consensus,
      promises,
      bootstrap: options.bootstrap || (options.startAlone ?? false),
      expect: options.bootstrapExpect,
    });
  }

  private raftComponent(): Component {
    return {
      name: 'raft',
      start: async () => {
        await this.consensus.start();
        this.isReady = true;
      },
      stop: () => {
        this.isReady = false;
        return this.consensus.stop();
      },
    };
  }
}
