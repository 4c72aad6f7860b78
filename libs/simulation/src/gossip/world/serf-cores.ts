import { noMetrics } from '@mesh/base';
import { type PoolRules, SerfCore } from '@mesh/gossip';
import type { CoreOptions } from './pool-world.ts';

/** Everybody may come. */
const OPEN_RULES: PoolRules = { vetoMerge: () => undefined, vetoAlive: () => undefined };

/** The real thing. */
export function createSerfCore(options: CoreOptions): SerfCore {
  return new SerfCore({ ...options, rules: OPEN_RULES, metrics: noMetrics });
}
