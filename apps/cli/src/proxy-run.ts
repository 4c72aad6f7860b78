import { LOG_LEVELS, type LogLevel } from '@mesh/base';
import { CommandError, type Io } from '@mesh/cli-kit';
import { createLogHub, createStreamSink, LOGGER_NAMES } from '@mesh/logging';
import { createPlatform, type Sidecar, startSidecar } from '@mesh/runtime';
import type { AgentApi } from './agent-api/agent-api.ts';
import { proxyAgent } from './proxy-agent.ts';
import type { ProxyPlan } from './proxy-plan.ts';
import { statusPath } from './proxy-status-folder.ts';

export interface RunOptions {
  readonly log: { readonly level: string; readonly json: boolean };
  /** `HOST:PORT`, '' for none. */
  readonly metricsAddress: string;
  readonly profileAddress: string;
  readonly env: Io['env'];
}

/**
 * Runs a proxy until SIGINT or SIGTERM; a second one ends it at once. Rejects with CommandError when it cannot
 * begin.
 */
export async function runProxy(api: AgentApi, plan: ProxyPlan, options: RunOptions): Promise<void> {
  const { log, metricsAddress, profileAddress, env } = options;
  const level = log.level.toUpperCase() as LogLevel;
  if (!LOG_LEVELS.includes(level)) {
    throw new CommandError(`Invalid log level: ${log.level}. Valid log levels are: ${LOG_LEVELS}`);
  }
  const platform = createPlatform();
  const sink = createStreamSink(process.stdout, platform.timers);
  const hub = createLogHub({ level, json: log.json, clock: platform.clock, ...sink });
  const logger = hub.logger(LOGGER_NAMES.proxy);
  const { proxyId, config, registerSuffix } = plan;
  const ended = signals();
  try {
    const starting = startSidecar({
      plan: {
        ...{ proxyId, config, registerSuffix, metricsAddress, profileAddress },
        statusPath: statusPath(env, proxyId || `${config?.service}`, process.pid),
      },
      ...{ http: proxyAgent(api), platform, logger },
    });
    const sidecar: Sidecar | undefined = await Promise.race([
      starting,
      ended.first.then(() => undefined),
    ]);
    // Told to end while it waited for the agent: there is nothing to drain.
    if (!sidecar) starting.catch(() => {});
    await ended.first;
    if (sidecar) await Promise.race([sidecar.shutdown(), ended.second]);
  } catch (error) {
    throw new CommandError(`==> Failed running proxy: ${(error as Error).message}`);
  } finally {
    await hub.flush();
  }
}

/** The first and the second signal that ask the process to end. */
function signals(): { readonly first: Promise<void>; readonly second: Promise<void> } {
  let again: (() => void) | undefined;
  const second = new Promise<void>((resolve) => {
    again = resolve;
  });
  let isFirst = true;
  const first = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (isFirst) resolve();
        else again?.();
        isFirst = false;
      });
    }
  });
  return { first, second };
}
