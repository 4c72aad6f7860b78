import { LOG_LEVELS, type LogLevel } from '@mesh/base';
import { CommandError, type Io } from '@mesh/cli-kit';
import { createLogHub, createStreamSink } from '@mesh/logging';
import { configOf, type ProxyConfig, SidecarProxy, Watched } from '@mesh/proxy';
import { createPlatform } from '@mesh/runtime';
import type { AgentApi } from './agent-api/agent-api.ts';
import { proxyAgent } from './proxy-agent.ts';
import type { ProxyPlan } from './proxy-plan.ts';

/** How long connections may go on after the proxy was told to end, milliseconds. */
const DRAIN_MS = 10_000;

/** Runs a proxy until SIGINT or SIGTERM. Rejects with CommandError when it cannot begin. */
export async function runProxy(
  api: AgentApi,
  plan: ProxyPlan,
  log: { readonly level: string; readonly json: boolean },
  _io: Io,
): Promise<void> {
  const level = log.level.toUpperCase() as LogLevel;
  if (!LOG_LEVELS.includes(level)) {
    throw new CommandError(`Invalid log level: ${log.level}. Valid log levels are: ${LOG_LEVELS}`);
  }
  const platform = createPlatform();
  const sink = createStreamSink(process.stdout, platform.timers);
  const hub = createLogHub({ level, json: log.json, clock: platform.clock, ...sink });
  const logger = hub.logger('proxy');
  const http = proxyAgent(api);
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  let running: SidecarProxy | undefined;
  let changes = Promise.resolve();
  /** One change at a time; connections of the one before go on until they end. */
  const use = (config: ProxyConfig): Promise<void> => {
    changes = changes.then(async () => {
      const before = running;
      if (before) {
        logger.info('Updating proxy configuration');
        await before.drain(0);
      }
      running = new SidecarProxy({ config, http, platform, logger });
      await running.start();
    });
    return changes;
  };
  try {
    if (plan.config) await use(plan.config);
    else await follow(plan.proxyId, use);
    await ended;
    await running?.drain(DRAIN_MS);
    await running?.stop();
  } catch (error) {
    throw new CommandError(`==> Failed running proxy: ${(error as Error).message}`);
  } finally {
    await hub.flush();
  }

  /** Takes the configuration from the proxy's registration, and again whenever that changes. */
  async function follow(id: string, take: (config: ProxyConfig) => Promise<void>): Promise<void> {
    let first: Promise<void> | undefined;
    const watched = new Watched({
      ...{ http, platform, logger, by: 'hash', what: 'configuration' },
      path: `/v1/agent/service/${encodeURIComponent(id)}`,
      decode: configOf,
      onValue: (config) => {
        const taken = take(config);
        if (first) {
          taken.catch((error: Error) => {
            logger.error('the new configuration cannot be used', { error: error.message });
          });
        }
        first ??= taken;
      },
    });
    await watched.start();
    await first;
  }
}
