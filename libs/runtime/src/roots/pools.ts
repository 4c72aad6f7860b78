import type { Component, Logger, Metrics, Platform } from '@mesh/base';
import type { RuntimeConfig } from '@mesh/config';
import { createMembership, type GossipMembership, Joiner } from '@mesh/membership';
import { VERSION } from '../version.ts';
import type { ProcessActions } from './agent-services.ts';

export interface PoolParts {
  readonly config: RuntimeConfig;
  readonly platform: Platform;
  /** Named agent. */
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly actions: ProcessActions;
}

/** The gossip pools of an agent. */
export interface Pools {
  readonly membership: GossipMembership;
  /** Join as configured; to be started when everything else is. */
  readonly joiners: readonly Component[];
}

/** Builds the pools of an agent as configured. */
export function createPools({ config, platform, logger, metrics, actions }: PoolParts): Pools {
  const parts = { platform, logger, metrics, version: VERSION };
  const membership = createMembership(config, parts);
  const { join } = config;
  const shared = {
    ...{ membership, timers: platform.timers, logger },
    onGivenUp: (error: Error) => actions.fail(error),
  };
  const lan = new Joiner({
    ...shared,
    ...{ start: join.startLan, retry: join.retryLan },
    ...{ retryIntervalMs: join.retryIntervalMs, retryMaxAttempts: join.retryMaxAttempts },
  });
  if (!config.server) return { membership, joiners: [lan] };
  const wan = new Joiner({
    ...shared,
    ...{ start: join.startWan, retry: join.retryWan, wan: true },
    ...{ retryIntervalMs: join.retryIntervalWanMs, retryMaxAttempts: join.retryMaxAttemptsWan },
  });
  return { membership, joiners: [lan, wan] };
}
