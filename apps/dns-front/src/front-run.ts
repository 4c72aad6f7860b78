import { createServer, type Server } from 'node:http';
import { type Component, noMetrics, type Platform } from '@mesh/base';
import { type AgentAccess, AgentLink, FrontSource, FrontView } from '@mesh/dns-front';
import { createDnsServer } from '@mesh/dns-server';
import { createLogHub, createStreamSink, LOGGER_NAMES } from '@mesh/logging';
import { createPlatform } from '@mesh/runtime';
import type { FrontPlan } from './front-plan.ts';

/** Pause before the agents are asked for their datacenter again, milliseconds. */
const ASK_AGAIN_MS = 1000;

/**
 * Answers until SIGINT or SIGTERM. Rejects when it cannot listen, or when certificates or the token
 * cannot be read at the start; where they cannot later, at SIGHUP, the old ones stay.
 */
export async function runFront(plan: FrontPlan, readAccess: () => AgentAccess): Promise<number> {
  let access = readAccess();
  const platform = createPlatform();
  const sink = createStreamSink(process.stdout, platform.timers);
  const hub = createLogHub({ ...plan.log, clock: platform.clock, ...sink });
  const logger = hub.logger(LOGGER_NAMES.dnsFront);
  const link = new AgentLink({ agents: plan.agents, access: () => access, platform, logger });
  const started: Component[] = [];
  const add = async (component: Component) => {
    await component.start();
    started.push(component);
  };
  const ended = endSignal();
  process.on('SIGHUP', () => {
    try {
      access = readAccess();
      logger.info('read certificates and token anew');
      link.reconnect();
    } catch (error) {
      logger.error('going on with the old access', { error: (error as Error).message });
    }
  });
  try {
    await add(link);
    if (plan.health) await add(new HealthPage(plan.health, () => link.isUp));
    const datacenter = await Promise.race([
      plan.datacenter || ownDatacenter(link, platform),
      ended.then(() => undefined),
    ]);
    if (datacenter !== undefined) {
      await add(answering({ plan, link, platform, logger }, datacenter));
      await ended;
    }
    return 0;
  } finally {
    for (const component of started.reverse()) await component.stop();
    await hub.flush();
  }
}

interface Parts {
  readonly plan: FrontPlan;
  readonly link: AgentLink;
  readonly platform: Platform;
  readonly logger: Parameters<typeof createDnsServer>[0]['logger'];
}

/** The view, and DNS out of it. */
function answering({ plan, link, platform, logger }: Parts, datacenter: string): Component {
  const { maxStaleMs, allowStale } = plan.dns;
  const view = new FrontView({ source: link, maxStaleMs, platform });
  const source = new FrontSource({
    ...{ view, source: link, datacenter, allowStale, maxStaleMs, platform },
  });
  const dns = createDnsServer({
    ...{ config: plan.dns, datacenter, source, logger, platform },
    ...{ metrics: noMetrics, translateWanAddresses: false },
  });
  return {
    name: 'dns-front',
    start: async () => {
      view.start();
      await dns.start();
    },
    stop: async () => {
      await dns.stop();
      view.stop();
    },
  };
}

/** The datacenter nearest to an agent is its own. */
async function ownDatacenter(link: AgentLink, platform: Platform): Promise<string> {
  for (;;) {
    const answer = await link.get('/v1/catalog/datacenters').catch(() => undefined);
    if (answer?.status === 200) {
      const [own] = JSON.parse(answer.text) as readonly string[];
      if (own) return own.toLowerCase();
    }
    await new Promise<void>((resolve) => platform.timers.after(ASK_AGAIN_MS, resolve));
  }
}

function endSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
}

/** GET /health: 200 while the view is kept current, 503 when it is not. */
class HealthPage implements Component {
  readonly name = 'health';
  private readonly at: { readonly host: string; readonly port: number };
  private readonly server: Server;

  constructor(at: { readonly host: string; readonly port: number }, isUp: () => boolean) {
    this.at = at;
    this.server = createServer((request, response) => {
      const known = request.method === 'GET' && request.url === '/health';
      response.statusCode = known ? (isUp() ? 200 : 503) : 404;
      response.end(known ? (isUp() ? 'ok\n' : 'no agent\n') : '');
    });
  }

  start(): Promise<void> {
    const { host, port } = this.at;
    return new Promise((resolve, reject) => {
      this.server.once('error', (error) => reject(new Error(`-health-addr: ${error.message}`)));
      this.server.listen(port, host, resolve);
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}
