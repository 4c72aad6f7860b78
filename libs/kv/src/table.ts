import type { KvPair } from '@mesh/api-contract';
import { defineTable } from '@mesh/state';

/** Keys with their values, as the API shows them; also by the session that holds them. */
export const kvPairs = defineTable<KvPair>({
  name: 'kvs',
  id: (pair) => pair.Key,
  indexes: { session: (pair) => pair.Session },
});

/** A key whose lock may not be taken before an instant, because its last holder was cut off. */
export interface LockDelay {
  readonly key: string;
  /** Milliseconds since the epoch, by the leader's clock. */
  readonly untilMs: number;
}

/** Lock delays by key; also by their end, so that old ones can be dropped without a walk. */
export const lockDelays = defineTable<LockDelay>({
  name: 'kv-lock-delays',
  id: (delay) => delay.key,
  indexes: { until: (delay) => sortableMs(delay.untilMs) },
});

/** An instant as a text that sorts as the number does. */
export function sortableMs(ms: number): string {
  return String(Math.max(0, Math.floor(ms))).padStart(16, '0');
}
