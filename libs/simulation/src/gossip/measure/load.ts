import { type Measure, quantile, seconds } from './measure.ts';
import type { MeasuredPool } from './measured-pool.ts';

const MINUTE_MS = 60_000;
/** User events while the pool is busy: how long, how often, and how much they carry. */
const BUSY = { ms: 20_000, everyMs: 250, payloadBytes: 64 } as const;
const PER_HOUR = 3_600_000;

/** Nobody dies, nobody is slow, nothing is said: what that costs, and who is held for dead wrongly. */
export function measureQuiet(
  pool: MeasuredPool,
  lossRatio: number,
  minutes: number,
): readonly Measure[] {
  const { world, nodes } = pool;
  const wrongBefore = pool.wrong.byAnybody;
  pool.traffic();
  world.run(minutes * MINUTE_MS);
  const { packets, bytes } = pool.traffic();
  const memberSeconds = nodes * minutes * 60;
  const perSecond = packets / memberSeconds;
  const limit = mostProbePackets(lossRatio);
  const wrong = pool.wrong.byAnybody - wrongBefore;
  const hours = (nodes * minutes * MINUTE_MS) / PER_HOUR;
  return [
    {
      what: 'quiet: packets per member and second',
      value: perSecond.toFixed(2),
      expected: `1.8 to ${limit.toFixed(1)}, whatever n (SWIM: constant load)`,
      isWithin: perSecond >= 1.8 && perSecond <= limit,
    },
    {
      what: 'quiet: bytes per member and second',
      value: (bytes / memberSeconds).toFixed(0),
      expected: '',
      isWithin: true,
    },
    {
      what: 'quiet: healthy members declared failed, per member and hour',
      value: (wrong / hours).toFixed(4),
      expected: '0: suspicions are refuted in time',
      isWithin: wrong === 0,
    },
  ];
}

/** Members fire user events, four a second: what that costs, and how far they get. */
export function measureBusy(pool: MeasuredPool, lossRatio: number): readonly Measure[] {
  const { world, nodes, config } = pool;
  const payload = new Uint8Array(BUSY.payloadBytes);
  pool.traffic();
  for (let atMs = 0; atMs < BUSY.ms; atMs += BUSY.everyMs) {
    pool.fire(pool.random.pick(world.members), `event-${atMs}`, payload);
    world.run(BUSY.everyMs);
  }
  const { packets, bytes } = pool.traffic();
  const spreads = [...pool.spreads.values()];
  world.runUntil(() => spreads.every(({ reached }) => reached === nodes), MINUTE_MS, 20);
  const memberSeconds = (nodes * BUSY.ms) / 1000;
  const perSecond = packets / memberSeconds;
  const bytesPerSecond = bytes / memberSeconds;
  const gossip = (config.gossipNodes * 1000) / config.gossipIntervalMs;
  const limit = gossip + mostProbePackets(lossRatio);
  const limitMs = pool.spreadMs;
  const shares = spreads.map(({ reached }) => reached / nodes);
  const times = spreads.map(({ firedMs, lastMs, reached }) =>
    reached === nodes ? lastMs - firedMs : Number.POSITIVE_INFINITY,
  );
  const worstMs = Math.max(...times);
  return [
    {
      what: `busy, ${1000 / BUSY.everyMs} user events a second: packets per member and second`,
      value: perSecond.toFixed(2),
      expected: `<= ${limit.toFixed(1)} (gossip to ${config.gossipNodes} in each round, and probes)`,
      isWithin: perSecond <= limit,
    },
    {
      what: 'busy: bytes per member and second',
      value: bytesPerSecond.toFixed(0),
      expected: `<= ${(limit * config.packetBytes).toFixed(0)} (no packet above ${config.packetBytes})`,
      isWithin: bytesPerSecond <= limit * config.packetBytes,
    },
    {
      what: 'user events have reached all: median, worst',
      value: `${seconds(quantile(times, 0.5))}, ${seconds(worstMs)}`,
      expected: `<= ${seconds(limitMs)} (epidemic broadcast: log n rounds)`,
      isWithin: worstMs <= limitMs,
    },
    {
      what: 'least share of the members that an event reached',
      value: `${(100 * Math.min(...shares)).toFixed(2)} %`,
      expected: '100 %',
      isWithin: shares.every((share) => share === 1),
    },
  ];
}

/**
 * Packets that a member sends in a second to find failures: a probe and an ack; a lost one costs up to three indirect
 * ones, four packets each (SWIM 3.1), and what is suspected wrongly then is gossiped about.
 */
function mostProbePackets(lossRatio: number): number {
  const isLost = 1 - (1 - lossRatio) ** 2;
  return 2 + isLost * 12 + (isLost > 0 ? 4 : 0);
}
