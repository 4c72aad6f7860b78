import { tmpdir } from 'node:os';
import { type Agent, createAgent } from '@mesh/agent';
import { kvRoutes, type Route, txnRoutes } from '@mesh/api-contract';
import type { Component, Logger, Platform } from '@mesh/base';
import { catalogHttpRoutes } from '@mesh/catalog';
import type { RuntimeConfig } from '@mesh/config';
import { coordinateHttpRoutes, originCoordinate } from '@mesh/coordinate';
import { createDnsServer } from '@mesh/dns-server';
import { type EventBus, eventHttpRoutes, LocalEventBus } from '@mesh/event';
import { healthHttpRoutes } from '@mesh/health';
import { createHttpServer } from '@mesh/http-server';
import { kvHttpRoutes } from '@mesh/kv';
import type { LogHub } from '@mesh/logging';
import type { Membership } from '@mesh/membership';
import type { AgentMetrics } from '@mesh/metrics';
import { operatorHttpRoutes } from '@mesh/operator';
import { queryHttpRoutes } from '@mesh/prepared-query';
import type { BoundRoute } from '@mesh/resource';
import { type Server, snapshotHttpRoutes, statusHttpRoutes } from '@mesh/server';
import { sessionHttpRoutes } from '@mesh/session';
import { txnHttpRoutes } from '@mesh/txn';
import { rpcDnsSource } from '../dns-source.ts';
import { absentCapabilityRoutes } from '../later-capabilities.ts';
import { VERSION } from '../version.ts';

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
  readonly server: Server;
  readonly membership: Membership;
}

/** The agent with its HTTP and DNS, around a server in the same process. */
export interface AgentServices {
  /** In order of start. */
  readonly components: readonly Component[];
  reload(config: RuntimeConfig): Promise<void>;
}

/** Builds what every agent has; nothing happens before its components are started. */
export function createAgentServices(parts: ServiceParts): AgentServices {
  const { config, platform, logHub, logger, metrics, actions, server, membership } = parts;
  const { rpc } = server;
  const bus = new LocalEventBus();
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
    serverStats: () => server.stats(),
    events: bus,
    coordinateUpdate: server.coordinateUpdate,
  });
  const routes = assembleRoutes({ config, platform, server, agent, bus, logger });
  const http = createHttpServer({
    ...config,
    config: config.http,
    routes,
    logger: logger.named('http'),
    metrics,
    platform,
    translateAddresses: config.translateWanAddresses,
    bodyLimitBytes: (route) => configuredLimit(route, config),
  });
  const dns = createDnsServer({
    ...config,
    config: config.dns,
    source: rpcDnsSource(rpc, { ...config, ...config.dns }),
    logger: logger.named('dns'),
    metrics,
    platform,
  });
  return {
    components: [...agent.components, dns, http],
    reload: async (next) => {
      // The agent first: it refuses bad definitions, and then nothing else may have changed.
      await agent.reload(next);
      logHub.setLevel(next.log.level);
      dns.updateConfig(next.dns);
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

/** The wide-area pool of an agent that is alone: itself, at the origin. */
function wanCoordinates({ datacenter, nodeName }: RuntimeConfig) {
  const own = { Node: nodeName, Segment: '', Coord: originCoordinate() };
  return [{ Datacenter: datacenter, AreaID: 'wan', Coordinates: [own] }];
}

interface RouteParts {
  readonly config: RuntimeConfig;
  readonly platform: Platform;
  readonly server: Server;
  readonly agent: Agent;
  readonly bus: EventBus;
  readonly logger: Logger;
}

/** Every route that this agent answers, resource by resource. */
function assembleRoutes({
  config,
  platform,
  server,
  agent,
  bus,
  logger,
}: RouteParts): readonly BoundRoute[] {
  const { rpc, coordinateUpdate, sessionCreate } = server;
  const { nodeName, datacenter, limits } = config;
  return [
    ...statusHttpRoutes(server.consensus, datacenter),
    ...agent.routes,
    ...catalogHttpRoutes({ rpc, nodeName }),
    ...healthHttpRoutes({ rpc, nodeName }),
    ...kvHttpRoutes({ rpc }),
    ...sessionHttpRoutes({ rpc, nodeName, create: sessionCreate }),
    ...queryHttpRoutes({ rpc, nodeName }),
    ...txnHttpRoutes({ rpc, kvMaxValueBytes: limits.kvMaxValueBytes }),
    ...eventHttpRoutes({ ...config, bus, log: agent.eventLog, random: platform.random }),
    ...coordinateHttpRoutes({
      rpc,
      update: coordinateUpdate,
      datacenters: () => wanCoordinates(config),
    }),
    ...operatorHttpRoutes({ rpc }),
    ...snapshotHttpRoutes({
      rpc,
      source: server.snapshotSource,
      platform,
      logger,
      spoolFolder: config.dataDir || tmpdir(),
    }),
    ...absentCapabilityRoutes(),
  ];
}
