import { type Agent, createAgent } from '@mesh/agent';
import { kvRoutes, type Route, txnRoutes } from '@mesh/api-contract';
import type { Component, Platform } from '@mesh/base';
import { catalogHttpRoutes } from '@mesh/catalog';
import type { RuntimeConfig } from '@mesh/config';
import { coordinateHttpRoutes, originCoordinate } from '@mesh/coordinate';
import { createDnsServer } from '@mesh/dns-server';
import { type EventBus, eventHttpRoutes, LocalEventBus } from '@mesh/event';
import { healthHttpRoutes } from '@mesh/health';
import { createHttpServer } from '@mesh/http-server';
import { kvHttpRoutes } from '@mesh/kv';
import type { LogHub } from '@mesh/logging';
import { SoloMembership } from '@mesh/membership';
import { queryHttpRoutes } from '@mesh/prepared-query';
import { MemorySqliteLogStore } from '@mesh/raft-storage';
import type { BoundRoute } from '@mesh/resource';
import { createServer, type Server, statusHttpRoutes } from '@mesh/server';
import { sessionHttpRoutes } from '@mesh/session';
import { txnHttpRoutes } from '@mesh/txn';
import { rpcDnsSource } from '../dns-source.ts';
import { absentCapabilityRoutes } from '../later-capabilities.ts';
import { VERSION } from '../version.ts';
import { createTelemetry } from './telemetry.ts';

/** What the process lends to its parts. */
export interface ProcessActions {
  /** Leaves and then ends the process; resolves when the leave is done. */
  leave(): Promise<void>;
  reload(): Promise<void>;
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

/** `agent -dev`: a server on a log in memory with the agent, DNS and HTTP around it, in one process. */
export function createDevRoot(
  config: RuntimeConfig,
  platform: Platform,
  logHub: LogHub,
  actions: ProcessActions,
): Root {
  const logger = logHub.logger('agent');
  const { metrics, components: telemetry } = createTelemetry(config, platform, logger);
  const server = createServer({
    ...config,
    bootstrap: config.bootstrap,
    address: config.advertiseLan,
    port: config.ports.server,
    build: VERSION,
    logStore: new MemorySqliteLogStore(),
    platform,
    metrics,
    logger: logger.named('server'),
    defer: setImmediate,
    holdTimeoutMs: config.rpcHoldTimeoutMs,
  });
  const { rpc } = server;
  const membership = new SoloMembership(config, VERSION);
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
  const routes = assembleRoutes({ config, platform, server, agent, bus });
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
    components: [...telemetry, ...server.components, ...agent.components, dns, http],
    leave: () => membership.leave(),
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
}

/** Every route that this agent answers, resource by resource. */
function assembleRoutes({
  config,
  platform,
  server,
  agent,
  bus,
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
    ...absentCapabilityRoutes(),
  ];
}
