import type { Authorizer } from '@mesh/acl';
import { aclHttpRoutes } from '@mesh/acl-system';
import { type Agent, type AgentTokens, createAgent, guardRoutes } from '@mesh/agent';
import { kvRoutes, type Route, txnRoutes } from '@mesh/api-contract';
import type { Component, Logger, Platform } from '@mesh/base';
import { catalogHttpRoutes } from '@mesh/catalog';
import type { RuntimeConfig } from '@mesh/config';
import { configEntryHttpRoutes } from '@mesh/config-entry';
import { caHttpRoutes } from '@mesh/connect-ca';
import { coordinateHttpRoutes, type NodeCoordinate } from '@mesh/coordinate';
import { createDnsServer } from '@mesh/dns-server';
import { type EventBus, eventHttpRoutes, GossipEventBus } from '@mesh/event';
import { healthHttpRoutes } from '@mesh/health';
import { createHttpServer } from '@mesh/http-server';
import { intentionHttpRoutes } from '@mesh/intentions';
import { internalUiHttpRoutes } from '@mesh/internal-ui';
import { kvHttpRoutes } from '@mesh/kv';
import type { LogHub } from '@mesh/logging';
import type { GossipMembership } from '@mesh/membership';
import type { AgentMetrics } from '@mesh/metrics';
import { operatorHttpRoutes } from '@mesh/operator';
import { queryHttpRoutes } from '@mesh/prepared-query';
import type { BoundRoute, Rpc, WriteEndpoint } from '@mesh/resource';
import { statusHttpRoutes } from '@mesh/server';
import { type SessionRequest, sessionHttpRoutes } from '@mesh/session';
import { txnHttpRoutes } from '@mesh/txn';
import { createCertifier } from '@mesh/x509';
import { rpcDnsSource } from '../dns-source.ts';
import { absentCapabilityRoutes } from '../later-capabilities.ts';
import { uiFolder } from '../ui-folder.ts';
import { VERSION } from '../version.ts';
import { agentTokens, localAuthorizers } from './acls.ts';

/** What the process lends to its parts. */
export interface ProcessActions {
  /** Leaves and then ends the process; resolves when the leave is done. */
  leave(): Promise<void>;
  reload(): Promise<void>;
  /** Ends the process: it cannot go on. */
  fail(error: Error): void;
}

/** An agent's parts, wired. */
export interface Root {
  /** In order of start; stopped in reverse. */
  readonly components: readonly Component[];
  /** Applies a new configuration as far as that can be done while running. */
  reload(config: RuntimeConfig): Promise<void>;
  /** Leaves the pools. */
  leave(): Promise<void>;
}

/** What the services of an agent stand on. */
export interface ServiceParts {
  readonly config: RuntimeConfig;
  readonly platform: Platform;
  readonly logHub: LogHub;
  /** Named agent. */
  readonly logger: Logger;
  readonly metrics: AgentMetrics;
  readonly actions: ProcessActions;
  readonly access: ServerAccess;
  readonly membership: GossipMembership;
}

/** The way to the servers, whether one of them is in this process or not. */
export interface ServerAccess {
  readonly rpc: Rpc;
  /** Reports a coordinate. */
  readonly coordinateUpdate: WriteEndpoint<NodeCoordinate, true>;
  readonly sessionCreate: WriteEndpoint<SessionRequest, string>;
  /** What the bearer of a token may do, where a server in this process knows. */
  readonly authorizerOf?: (token: string) => Authorizer;
  /** Groups of the server in this process; none without. */
  stats(): Record<string, Record<string, string>>;
  /** Routes of /v1/snapshot. */
  snapshotRoutes(): readonly BoundRoute[];
}

/** The agent with its HTTP and DNS, around a server in the same process. */
export interface AgentServices {
  /** In order of start. */
  readonly components: readonly Component[];
  reload(config: RuntimeConfig): Promise<void>;
  /** Before the pools are left: the catalog hears no more of this agent. */
  retire(): void;
}

/** Builds what every agent has; nothing happens before its components are started. */
export function createAgentServices(parts: ServiceParts): AgentServices {
  const { config, platform, logHub, logger, metrics, actions, access, membership } = parts;
  const { rpc } = access;
  const tokens = agentTokens(config, logger);
  const bus = new GossipEventBus({ pool: membership.events, rpc, logger });
  const agent = createAgent({
    config,
    rpc,
    membership,
    platform,
    logger,
    logHub,
    metrics,
    version: VERSION,
    actions,
    serverStats: () => access.stats(),
    events: bus,
    tokens,
    connect: {
      // A client cannot know; the servers refuse where they are not part of a mesh.
      isEnabled: config.connectEnabled || !config.server,
      certifier: createCertifier(),
    },
    onServers: (listener) => membership.router.onChange(listener),
    coordinate: () => membership.coordinates.own('lan'),
    coordinateUpdate: access.coordinateUpdate,
  });
  const routes = assembleRoutes({ config, platform, logger, access, agent, bus, tokens });
  const http = createHttpServer({
    ...config,
    config: config.http,
    routes,
    logger: logger.named('http'),
    metrics,
    platform,
    uiRoot: uiFolder(),
    defaultToken: () => tokens.get('default'),
    translateAddresses: config.translateWanAddresses,
    bodyLimitBytes: (route) => configuredLimit(route, config),
  });
  const dns = createDnsServer({
    ...config,
    config: config.dns,
    source: rpcDnsSource(rpc, {
      ...{ ...config, ...config.dns },
      token: () => tokens.get('default'),
    }),
    logger: logger.named('dns'),
    metrics,
    platform,
  });
  // Answers that were kept were for whom the old default token stood.
  let dnsConfig = config.dns;
  tokens.onChange(() => {
    http.forgetAnswers();
    dns.updateConfig(dnsConfig);
  });
  return {
    components: [...agent.components, dns, http],
    retire: () => agent.retire(),
    reload: async (next) => {
      // The agent first: it refuses bad definitions, and then nothing else may have changed.
      await agent.reload(next);
      logHub.setLevel(next.log.level);
      dnsConfig = next.dns;
      dns.updateConfig(dnsConfig);
      http.reconfigure(next.http);
    },
  };
}

/** Body limits that are settings rather than part of the contract. */
function configuredLimit(route: Route, { limits }: RuntimeConfig): number | undefined {
  if (route === kvRoutes.put) return limits.kvMaxValueBytes;
  if (route === txnRoutes.apply) return limits.txnMaxRequestBytes;
  return undefined;
}

interface RouteParts {
  readonly config: RuntimeConfig;
  readonly platform: Platform;
  readonly logger: Logger;
  readonly tokens: AgentTokens;
  readonly access: ServerAccess;
  readonly agent: Agent;
  readonly bus: EventBus;
}

/** Every route that this agent answers, resource by resource. */
function assembleRoutes({
  config,
  platform,
  logger,
  access,
  agent,
  bus,
  tokens,
}: RouteParts): readonly BoundRoute[] {
  const { rpc, coordinateUpdate, sessionCreate } = access;
  const { nodeName, limits } = config;
  const authorizerOf = localAuthorizers({ config, platform, logger, access, tokens });
  const routes = [
    ...statusHttpRoutes({ rpc }),
    ...agent.routes,
    ...catalogHttpRoutes({ rpc, nodeName }),
    ...healthHttpRoutes({ rpc, nodeName }),
    ...kvHttpRoutes({ rpc }),
    ...sessionHttpRoutes({ rpc, nodeName, create: sessionCreate }),
    ...queryHttpRoutes({ rpc, nodeName }),
    ...txnHttpRoutes({ rpc, kvMaxValueBytes: limits.kvMaxValueBytes }),
    ...eventHttpRoutes({ ...config, bus, log: agent.eventLog, random: platform.random }),
    ...coordinateHttpRoutes({ rpc, update: coordinateUpdate }),
    ...operatorHttpRoutes({ rpc }),
    ...intentionHttpRoutes({ rpc }),
    ...configEntryHttpRoutes({ rpc }),
    ...internalUiHttpRoutes({ rpc }),
    ...aclHttpRoutes({
      ...{ rpc, authorizerOf, primaryDatacenter: config.primaryDatacenter },
      isEnabled: config.acl.enabled,
    }),
    ...caHttpRoutes({ rpc, isEnabled: config.connectEnabled }),
    ...access.snapshotRoutes(),
    ...absentCapabilityRoutes(),
  ];
  if (!config.acl.enabled) return routes;
  return guardRoutes(routes, { authorizerOf, nodeName, guards: agent.guards });
}
