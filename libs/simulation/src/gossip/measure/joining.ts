import { type Measure, seconds } from './measure.ts';
import type { MeasuredPool } from './measured-pool.ts';

const MINUTE_MS = 60_000;
/** What a newcomer makes everybody pass on: its alive message and its join intent, bytes in a packet. */
const NEWS_BYTES = 100;

/**
 * All join one member within a time; how long it takes until everybody knows everybody. What limits it is the room
 * in gossip: each member must be sent the news of all others, in packets that come in at the rate at which they go
 * out, and repeat much.
 */
export function measureJoining(pool: MeasuredPool, withinMs: number, how: string): Measure {
  const { world, nodes, config } = pool;
  const startedMs = world.nowMs;
  pool.gather(withinMs);
  const isFull = world.runUntil(() => pool.isFull, withinMs + 5 * MINUTE_MS, 100);
  const afterMs = world.nowMs - startedMs - withinMs;
  const bytesPerMs = (config.gossipNodes * config.packetBytes) / config.gossipIntervalMs;
  const carryMs = (nodes * NEWS_BYTES) / bytesPerMs;
  const limitMs = 4 * pool.spreadMs + 4 * carryMs;
  return {
    what: `everybody knows everybody, after the last of all that join ${how}`,
    value: isFull ? seconds(Math.max(0, afterMs)) : 'never',
    expected: `<= ${seconds(limitMs)} (log n rounds, and the news of n members in gossip's packets)`,
    isWithin: isFull && afterMs <= limitMs,
  };
}
