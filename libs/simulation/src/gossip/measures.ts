import { type GossipConfig, LAN_CONFIG, roundTripSeconds, SERF_STATUS } from '@mesh/gossip';
import { SeededRandom } from '../world/seeded-random.ts';
import { GossipWorld, type SimMember } from './gossip-world.ts';

/** What was measured, beside what the published behaviour lets expect. */
export interface Measure {
  readonly what: string;
  readonly value: string;
  readonly expected: string;
  readonly isWithin: boolean;
}

export interface MeasureOptions {
  readonly nodes: number;
  readonly lossRatio: number;
  readonly seed: number;
  /** Members that die, one after another. @default 10 */
  readonly deaths?: number;
  /** Virtual minutes in which nobody dies. @default 3 */
  readonly quietMinutes?: number;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
/** Between two deaths, milliseconds. */
const DEATH_GAP_MS = 3000;
/** Share of the members that stand still now and then, as in Lifeguard's experiments. */
const SLOW_SHARE = 0.02;

/** Runs a pool through its life: joining, quiet, an event, deaths, slow members. */
export class GossipMeasures {
  private readonly options: Required<MeasureOptions>;
  private readonly config: GossipConfig;
  private readonly world: GossipWorld;
  private readonly random: SeededRandom;
  private readonly results: Measure[] = [];
  /** Names that are dead; all others that are declared failed are held for dead wrongly. */
  private readonly dead = new Set<string>();
  private falseFailures = 0;
  private readonly detections = new Map<string, number[]>();
  private readonly heard = new Map<string, number>();

  constructor(options: MeasureOptions) {
    this.options = { deaths: 10, quietMinutes: 3, ...options };
    // Compression costs time here and changes nothing that is measured but bytes.
    this.config = { ...LAN_CONFIG, compression: false };
    const { seed, lossRatio } = this.options;
    this.world = new GossipWorld({ seed, lossRatio, config: this.config });
    this.random = new SeededRandom(seed, 'measures');
    this.world.onEvent = (member, event, nowMs) => {
      if (event.kind === 'user-event') this.heard.set(member.name, nowMs);
      if (event.kind !== 'member-failed') return;
      for (const { name } of event.members) this.failed(name, nowMs);
    };
  }

  run(): readonly Measure[] {
    this.joinAll();
    this.settle();
    this.quiet();
    this.event();
    this.coordinates();
    this.deaths();
    this.slowMembers();
    return this.results;
  }

  /** All join one seed within ten seconds. */
  private joinAll(): void {
    const { world } = this;
    const { nodes } = this.options;
    const seed = world.add();
    for (let at = 1; at < nodes; at++) {
      world.after(this.random.between(0, 10 * SECOND_MS), () => world.join(world.add(), seed));
    }
    const isFull = () =>
      world.members.length === nodes && world.members.every((one) => aliveOf(one) === nodes);
    const done = world.runUntil(isFull, 5 * MINUTE_MS, 100);
    const afterMs = world.nowMs - 10 * SECOND_MS;
    // A broadcast reaches all in a number of rounds that grows with log n; the queues of a mass join take longer.
    const limitMs = 4 * this.spreadMs() + this.config.pushPullIntervalMs;
    this.note(
      'full membership after the last join',
      done ? seconds(afterMs) : 'never',
      `<= ${seconds(limitMs)} (O(log n) rounds, one push/pull)`,
      done && afterMs <= limitMs,
    );
  }

  private settle(): void {
    this.world.run(30 * SECOND_MS);
    this.count();
  }

  /** Nobody dies, nobody is slow: what it costs, and who is held for dead wrongly. */
  private quiet(): void {
    const { quietMinutes, nodes } = this.options;
    const falseBefore = this.falseFailures;
    this.count();
    this.world.run(quietMinutes * MINUTE_MS);
    const { packets, bytes } = this.count();
    const perSecond = (total: number) => total / (nodes * quietMinutes * 60);
    // A probe and its ack a second; lost ones are tried through others (SWIM 5: constant load per member).
    const lost = 1 - (1 - this.options.lossRatio) ** 2;
    const expected = 2 + lost * (3 * 4 + 2) + (lost > 0 ? 4 : 0);
    this.note(
      'packets per member and second, quiet',
      perSecond(packets).toFixed(2),
      `2 to ${expected.toFixed(1)}, whatever n`,
      perSecond(packets) >= 1.8 && perSecond(packets) <= expected,
    );
    this.note('bytes per member and second, quiet', perSecond(bytes).toFixed(0), '', true);
    const falseFailures = this.falseFailures - falseBefore;
    const hours = (nodes * quietMinutes) / 60;
    this.note(
      'wrongly declared failed, per member and hour',
      (falseFailures / hours / Math.max(1, nodes)).toFixed(6),
      '0: refuted while suspected',
      falseFailures === 0,
    );
  }

  /** A user event from one member to all. */
  private event(): void {
    const { world } = this;
    this.heard.clear();
    const startedMs = world.nowMs;
    const [source] = world.members as [SimMember];
    world.use(source, (core) => core.userEvent('deploy', new Uint8Array(16), false, world.nowMs));
    world.runUntil(() => this.heard.size === this.options.nodes, MINUTE_MS, 20);
    const lastMs = Math.max(...this.heard.values()) - startedMs;
    const limitMs = this.spreadMs();
    const isAll = this.heard.size === this.options.nodes;
    this.note(
      'a user event has reached all',
      isAll ? seconds(lastMs) : `${this.heard.size} of ${this.options.nodes}`,
      `<= ${seconds(limitMs)} (epidemic broadcast, log n rounds)`,
      isAll && lastMs <= limitMs,
    );
  }

  /** How well coordinates tell round trips. */
  private coordinates(): void {
    const { world } = this;
    const errors: number[] = [];
    for (let tries = 0; tries < 2000; tries++) {
      const [one, other] = [this.random.pick(world.members), this.random.pick(world.members)];
      const [from, to] = [one.core.coordinate(), other.core.coordinate()];
      if (one === other || !from || !to) continue;
      const realMs = 2 * world.distanceMs(one, other);
      errors.push(Math.abs(roundTripSeconds(from, to) * 1000 - realMs) / realMs);
    }
    const median = quantile(errors, 0.5);
    this.note(
      'coordinates: median relative error of round trips',
      `${(median * 100).toFixed(1)} %`,
      '<= 30 % after some minutes (Vivaldi: about 11 % when converged)',
      median <= 0.3,
    );
  }

  private deaths(): void {
    const { world } = this;
    const { deaths, nodes } = this.options;
    const victims = new Set<SimMember>();
    while (victims.size < deaths) victims.add(this.random.pick(world.members.slice(1)));
    const diedMs = new Map<string, number>();
    for (const victim of victims) {
      world.run(DEATH_GAP_MS);
      this.dead.add(victim.name);
      diedMs.set(victim.name, world.nowMs);
      world.crash(victim);
    }
    const observers = nodes - deaths;
    const isKnown = () =>
      [...victims].every(({ name }) => (this.detections.get(name)?.length ?? 0) >= observers);
    world.runUntil(isKnown, 3 * MINUTE_MS, 100);
    const first = [...victims].map(
      ({ name }) => Math.min(...(this.detections.get(name) ?? [])) - diedMs.get(name)!,
    );
    const all = [...victims].map(({ name }) =>
      (this.detections.get(name)?.length ?? 0) < observers
        ? Number.POSITIVE_INFINITY
        : Math.max(...this.detections.get(name)!) - diedMs.get(name)!,
    );
    const { minMs, maxMs } = this.suspicionMs();
    // The first probe of it comes within e/(e-1) periods on average (SWIM 3.1), each may take a period and a
    // stretch; then it is suspected for between the least and the longest time (Lifeguard).
    const startMs = this.config.probeIntervalMs * (Math.E / (Math.E - 1));
    const limitMs = startMs + 3 * this.config.probeIntervalMs + minMs * 1.5;
    this.note(
      'a death is declared by the first: median, p99',
      `${seconds(quantile(first, 0.5))}, ${seconds(quantile(first, 0.99))}`,
      `${seconds(minMs)} to ${seconds(limitMs)} (suspicion ${seconds(minMs)} to ${seconds(maxMs)})`,
      quantile(first, 0) >= minMs && quantile(first, 0.99) <= limitMs,
    );
    const allMs = limitMs + this.spreadMs();
    this.note(
      'and by all: median, p99',
      `${seconds(quantile(all, 0.5))}, ${seconds(quantile(all, 0.99))}`,
      `<= ${seconds(allMs)} (and log n rounds)`,
      quantile(all, 0.99) <= allMs,
    );
  }

  /** Some members stand still for seconds, time after time; the healthy ones must not suffer from it. */
  private slowMembers(): void {
    const { world } = this;
    const living = world.members.filter(({ isUp }) => isUp);
    const slow = living.slice(1, 1 + Math.max(1, Math.round(living.length * SLOW_SHARE)));
    const slowNames = new Set(slow.map(({ name }) => name));
    const stall = (member: SimMember) => {
      world.pause(member, this.random.between(2000, 12_000));
      world.after(this.random.between(12_500, 20_000), () => stall(member));
    };
    for (const member of slow) world.after(this.random.between(0, 5000), () => stall(member));
    let healthy = 0;
    const before = world.onEvent;
    world.onEvent = (member, event, nowMs) => {
      before(member, event, nowMs);
      if (event.kind !== 'member-failed' || slowNames.has(member.name)) return;
      for (const { name } of event.members)
        if (!slowNames.has(name) && !this.dead.has(name)) healthy++;
    };
    const minutes = 2;
    world.run(minutes * MINUTE_MS);
    world.onEvent = before;
    const perHour = healthy / ((living.length ** 2 * minutes) / 60);
    this.note(
      `healthy members that others hold for dead, ${slow.length} slow ones among them`,
      `${healthy} (${perHour.toExponential(1)} per pair and hour)`,
      '0 by members that are healthy themselves (Lifeguard)',
      healthy === 0,
    );
  }

  private failed(name: string, nowMs: number): void {
    if (!this.dead.has(name)) {
      this.falseFailures++;
      return;
    }
    const times = this.detections.get(name) ?? [];
    this.detections.set(name, times);
    times.push(nowMs);
  }

  /** Time in which a broadcast should have reached everybody: rounds of gossip, with some room. */
  private spreadMs(): number {
    const { gossipIntervalMs, gossipNodes } = this.config;
    const rounds = Math.log(this.options.nodes) / Math.log(1 + gossipNodes);
    return gossipIntervalMs * (rounds * 2 + 8);
  }

  private suspicionMs(): { readonly minMs: number; readonly maxMs: number } {
    const { suspicionMult, suspicionMaxTimeoutMult, probeIntervalMs } = this.config;
    const scale = Math.max(1, Math.log10(this.options.nodes));
    const minMs = suspicionMult * scale * probeIntervalMs;
    // The scale is cut to three decimals, and the dead count for a while.
    return { minMs: minMs * 0.99, maxMs: minMs * suspicionMaxTimeoutMult };
  }

  private count(): { readonly packets: number; readonly bytes: number } {
    let packets = 0;
    let bytes = 0;
    for (const member of this.world.members) {
      packets += member.sentPackets;
      bytes += member.sentBytes;
      member.sentPackets = 0;
      member.sentBytes = 0;
    }
    return { packets, bytes };
  }

  private note(what: string, value: string, expected: string, isWithin: boolean): void {
    this.results.push({ what, value, expected, isWithin });
  }
}

function aliveOf({ core }: SimMember): number {
  let alive = 0;
  for (const { status } of core.members()) if (status === SERF_STATUS.alive) alive++;
  return alive;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function seconds(ms: number): string {
  return Number.isFinite(ms) ? `${(ms / 1000).toFixed(2)} s` : 'never';
}
