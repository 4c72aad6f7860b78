import type { Coordinate, UserEvent } from '@mesh/api-contract';
import { type Component, type Logger, type Platform, silentLogger } from '@mesh/base';
import type { RuntimeConfig } from '@mesh/config';
import type { NodeCoordinate } from '@mesh/coordinate';
import { type EventBus, EventLog, isMeantFor, type LocalServices } from '@mesh/event';
import type { CheckTls } from '@mesh/health-checks';
import type { LogHub } from '@mesh/logging';
import { LOGGER_NAMES } from '@mesh/logging';
import type { Membership } from '@mesh/membership';
import type { AgentMetrics } from '@mesh/metrics';
import type { BoundRoute, Rpc, WriteEndpoint } from '@mesh/resource';
import { agentGuards } from './acl/agent-guards.ts';
import type { AgentTokens } from './acl/agent-tokens.ts';
import type { LocalGuards } from './acl/guard-routes.ts';
import { CatalogLink, type NodeInfo } from './anti-entropy/catalog-link.ts';
import { Syncer } from './anti-entropy/syncer.ts';
import { AgentAliasSource } from './checks/alias-source.ts';
import { type CheckFactory, CheckRunner } from './checks/check-runner.ts';
import { checkTls } from './checks/check-tls.ts';
import { Reaper } from './checks/reaper.ts';
import { CentralConfig, NO_CENTRAL_CONFIG } from './connect/central-config.ts';
import { type ConnectOptions, createConnect } from './connect/connect-parts.ts';
import { CoordinateSender } from './coordinate-sender.ts';
import { DefinitionFiles } from './definitions/definition-files.ts';
import { loadDefinitions } from './definitions/load-definitions.ts';
import { Registrar } from './definitions/registrar.ts';
import { agentHandlers, nodeMetaOf } from './http/agent.ts';
import { checkHandlers } from './http/checks.ts';
import type { AgentActions } from './http/deps.ts';
import { serviceHandlers } from './http/services.ts';
import { LocalState } from './local-state/local-state.ts';
import { REMOTE_EXEC_EVENT } from './remote-exec/job-spec.ts';
import { RemoteExec } from './remote-exec/remote-exec.ts';
import { agentStats, mergeStats, type Stats } from './stats.ts';
import { WatchRunner } from './watches/watch-runner.ts';

export interface AgentOptions {
  readonly config: RuntimeConfig;
  readonly rpc: Rpc;
  readonly membership: Membership;
  readonly platform: Platform;
  /** Logger named `agent`. */
  readonly logger: Logger;
  readonly logHub: LogHub;
  readonly metrics: AgentMetrics;
  readonly version: string;
  readonly actions: AgentActions;
  /** Groups that the server part adds to the statistics; none on clients. */
  serverStats(): Stats;
  /** Where user events arrive. */
  readonly events: EventBus;
  /** Tells that servers came or went. Returns an unsubscriber. */
  onServers(listener: () => void): () => void;
  /** This agent's coordinate in the LAN pool; undefined while there is none. */
  coordinate(): Coordinate | undefined;
  /** Takes this agent's coordinate. */
  readonly coordinateUpdate: WriteEndpoint<NodeCoordinate, true>;
  readonly connect: ConnectOptions;
  /** Tokens that the agent itself uses. */
  readonly tokens: AgentTokens;
  /** Makes running checks. @default createCheck of @mesh/health-checks */
  readonly createCheck?: CheckFactory;
}

/** The agent proper: what runs on every machine of a cluster, server or not. */
export interface Agent {
  /** In order of start. The first registers the configuration's definitions and throws for bad ones. */
  readonly components: readonly Component[];
  /** /v1/agent/* and /debug/pprof. */
  readonly routes: readonly BoundRoute[];
  /** Rules of those routes whose rows alone cannot say what they demand. */
  readonly guards: LocalGuards;
  readonly nodeName: string;
  /** This agent's services, for events that name one. */
  readonly localServices: LocalServices;
  /** Events meant for this agent. */
  readonly eventLog: EventLog;
  /** Tells the catalog nothing any more: this agent leaves, and must not come back into it by itself. */
  retire(): void;
  /**
   * Drops all definitions and loads them again, replaces the watches, takes the node's new metadata and
   * tokens; other keys are of no effect. Checks keep their states. Rejects and changes nothing when a
   * definition is bad.
   */
  reload(config: RuntimeConfig): Promise<void>;
}

/** Builds an agent; nothing happens before its components start. */
export function createAgent(options: AgentOptions): Agent {
  return new AgentParts(options);
}

class AgentParts implements Agent {
  readonly components: readonly Component[];
  readonly routes: readonly BoundRoute[];
  readonly guards: LocalGuards;
  readonly nodeName: string;
  readonly localServices: LocalServices;
  readonly eventLog: EventLog;
  private config: RuntimeConfig;
  private readonly options: AgentOptions;
  private readonly state: LocalState;
  private readonly files: DefinitionFiles;
  private readonly runner: CheckRunner;
  private readonly central: CentralConfig;
  private readonly registrar: Registrar;
  private readonly syncer: Syncer;
  private readonly watches: WatchRunner;
  private readonly connect: ReturnType<typeof createConnect>;
  private readonly remoteExec: RemoteExec;
  private tls: CheckTls | undefined;
  private loaded = false;

  constructor(options: AgentOptions) {
    const { config, platform, logger, rpc } = options;
    const { checkSettings, nodeName } = config;
    this.options = options;
    this.config = config;
    this.nodeName = nodeName;
    this.state = new LocalState({ nodeName, platform, ...checkSettings });
    this.localServices = {
      nodeName,
      serviceNames: () => [
        ...new Set(this.state.listServices().map(({ service }) => service.Service)),
      ],
      tagsOf: (service) => this.tagsOf(service),
    };
    this.eventLog = new EventLog(this.localServices, platform.timers);
    this.files = new DefinitionFiles(config.dataDir, logger);
    this.tls = checkTls(config.tls);
    this.runner = this.createRunner(this.state, logger);
    const token = () => this.options.tokens.own;
    this.central = new CentralConfig({
      ...{ isEnabled: config.centralServiceConfig, rpc, platform, logger, token },
      onChange: (id, merged) => {
        const entry = this.state.service(id);
        if (entry) this.state.putService(merged, entry);
      },
    });
    this.registrar = new Registrar({
      central: this.central,
      state: this.state,
      runner: this.runner,
      files: this.files,
      settings: () => this.config.checkSettings,
      sidecarPorts: () => this.config.sidecarPorts,
      platform,
      logger,
    });
    this.syncer = this.createSyncer();
    options.tokens.onChange(() => this.syncer.request('full'));
    this.watches = new WatchRunner(config.watches, {
      sources: { rpc, events: this.eventLog },
      platform,
      logger: logger.named(LOGGER_NAMES.watch),
      token: () => this.options.tokens.own,
    });
    this.remoteExec = new RemoteExec({
      isEnabled: !config.disableRemoteExec,
      nodeName,
      rpc,
      timers: platform.timers,
      logger,
      token: () => this.options.tokens.own,
    });
    this.connect = createConnect({ ...options, token });
    this.components = this.createComponents();
    this.routes = this.createRoutes();
    this.guards = agentGuards(this.state, nodeName);
  }

  retire(): void {
    this.syncer.pause();
  }

  async reload(next: RuntimeConfig): Promise<void> {
    const config = withReloaded(this.config, next);
    const tls = checkTls(config.tls);
    const resume = this.syncer.pause();
    try {
      await this.files.settled();
      this.rehearse(config);
      this.config = config;
      this.options.tokens.reconfigure(config.aclTokens);
      this.tls = tls;
      this.state.discardOutput = config.checkSettings.discardOutput;
      const states = this.state.snapshotChecks();
      this.registrar.removeAll();
      this.load(states);
      this.state.nodeInfoInSync = false;
      await this.watches.replace(config.watches);
    } finally {
      resume();
    }
  }

  /** Loads all definitions into a state of their own that nobody sees. Throws what loading them would. */
  private rehearse(config: RuntimeConfig): void {
    const { platform } = this.options;
    const { nodeName, checkSettings } = config;
    const state = new LocalState({ nodeName, platform, ...checkSettings });
    const runner = this.createRunner(state, silentLogger);
    const logger = silentLogger;
    const settings = () => checkSettings;
    const sidecarPorts = () => config.sidecarPorts;
    const registrar = new Registrar({
      central: NO_CENTRAL_CONFIG,
      state,
      runner,
      files: this.files,
      settings,
      sidecarPorts,
      platform,
      logger,
    });
    loadDefinitions(config, new Map(), { state, registrar, files: this.files, logger });
  }

  private createRunner(state: LocalState, logger: Logger): CheckRunner {
    const { platform, rpc, createCheck } = this.options;
    const token = () => this.options.tokens.own;
    return new CheckRunner({
      state,
      platform,
      logger,
      aliasSource: new AgentAliasSource({ state, rpc, platform, token }),
      outputMaxBytes: this.config.checkSettings.outputMaxBytes,
      httpUserAgent: 'Consul Health Check',
      tls: () => this.tls,
      ...(createCheck && { create: createCheck }),
    });
  }

  private createSyncer(): Syncer {
    const { rpc, logger, platform } = this.options;
    const { state, config } = this;
    const link = new CatalogLink({
      state,
      rpc,
      logger,
      isServer: config.server,
      node: () => this.nodeInfo(),
      token: () => this.options.tokens.own,
    });
    return new Syncer({
      state,
      link,
      platform,
      logger: logger.named(LOGGER_NAMES.antiEntropy),
      intervalMs: config.antiEntropyIntervalMs,
      clusterSize: () => this.clusterSize(),
      onServers: (listener) => this.options.onServers(listener),
    });
  }

  private createComponents(): readonly Component[] {
    const { config, state } = this;
    const { platform, logger, rpc, coordinateUpdate, coordinate } = this.options;
    const reaper = new Reaper({
      state,
      platform,
      logger,
      intervalMs: config.checkSettings.reapIntervalMs,
      minimumMs: config.checkSettings.deregisterIntervalMinMs,
      deregister: (serviceId) => {
        this.registrar.deregisterService(serviceId).catch((error: Error) => {
          logger.error('failed to deregister a service', { service: serviceId, error });
        });
      },
    });
    const coordinates = new CoordinateSender({
      rpc,
      update: coordinateUpdate,
      coordinate,
      nodeName: config.nodeName,
      segment: config.segment,
      platform,
      logger: logger.named(LOGGER_NAMES.coordinate),
      token: () => this.options.tokens.own,
      clusterSize: () => this.clusterSize(),
    });
    return [
      this.localComponent(),
      this.syncer,
      reaper,
      this.watches,
      ...this.connect.components,
      this.central,
      this.remoteExec,
      ...(config.disableCoordinates ? [] : [coordinates]),
    ];
  }

  /** Definitions, running checks, and the files behind them. */
  private localComponent(): Component {
    let unsubscribe: (() => void) | undefined;
    return {
      name: 'local-state',
      start: async () => {
        unsubscribe ??= this.options.events.subscribe((event) => this.receive(event));
        if (!this.loaded) this.load(new Map());
        this.loaded = true;
        this.runner.start();
      },
      stop: async () => {
        unsubscribe?.();
        unsubscribe = undefined;
        this.runner.stop();
        await this.files.settled();
      },
    };
  }

  /** Calls to a job are not for readers of the event list. */
  private receive(event: UserEvent): void {
    if (event.Name !== REMOTE_EXEC_EVENT) this.eventLog.receive(event);
    else if (isMeantFor(event, this.localServices)) this.remoteExec.handle(event);
  }

  private createRoutes(): readonly BoundRoute[] {
    const { membership, platform, logger, logHub, metrics, version, actions, tokens } =
      this.options;
    const deps = {
      state: this.state,
      registrar: this.registrar,
      membership,
      platform,
      logger,
      logHub,
      metrics,
      version,
      actions,
      tokens,
      hasAcls: this.config.acl.enabled,
      config: () => this.config,
      coordinate: () => this.options.coordinate(),
      stats: () =>
        mergeStats(
          agentStats(this.state, this.runner, version),
          membership.stats(),
          this.options.serverStats(),
        ),
    };
    return [
      ...agentHandlers(deps),
      ...serviceHandlers(deps),
      ...checkHandlers(deps),
      ...this.connect.routes,
    ];
  }

  private load(states: Parameters<typeof loadDefinitions>[1]): void {
    const { state, registrar, files } = this;
    loadDefinitions(this.config, states, {
      state,
      registrar,
      files,
      logger: this.options.logger,
    });
  }

  private nodeInfo(): NodeInfo {
    const { nodeId, nodeName, advertiseLan, datacenter, taggedAddresses } = this.config;
    return {
      id: nodeId,
      name: nodeName,
      address: advertiseLan,
      datacenter,
      taggedAddresses,
      meta: nodeMetaOf(this.config),
    };
  }

  private clusterSize(): number {
    return this.options.membership.members().length;
  }

  private tagsOf(name: string): readonly (readonly string[])[] {
    return this.state
      .listServices()
      .filter(({ service }) => service.Service === name)
      .map(({ service }) => service.Tags ?? []);
  }
}

/** The running configuration with what a reload can change taken from a new one. */
function withReloaded(running: RuntimeConfig, next: RuntimeConfig): RuntimeConfig {
  const { services, checks, watches, nodeMeta, aclTokens, tls } = next;
  const { discardOutput } = next.checkSettings;
  return {
    ...running,
    services,
    checks,
    watches,
    nodeMeta,
    aclTokens,
    tls: { ...tls, agentTlsForChecks: running.tls.agentTlsForChecks },
    checkSettings: { ...running.checkSettings, discardOutput },
  };
}
