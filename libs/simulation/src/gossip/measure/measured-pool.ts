import { type GossipConfig, LAN_CONFIG, type SerfEvent } from '@mesh/gossip';
import { SeededRandom } from '../../world/seeded-random.ts';
import { GossipWorld, type SimMember } from '../gossip-world.ts';
import { AccusationLogger } from '../world/accusation-logger.ts';

export interface MeasuredPoolOptions {
  readonly nodes: number;
  /** Share of datagrams that get lost, 0..1. */
  readonly lossRatio: number;
  readonly seed: number;
  /** Instead of the timings of a LAN. */
  readonly config?: Partial<GossipConfig>;
}

/** How far a user event got. */
export interface Spread {
  readonly firedMs: number;
  reached: number;
  lastMs: number;
}

/** A pool in virtual time with all that the measures count in it. */
export class MeasuredPool {
  readonly nodes: number;
  readonly config: GossipConfig;
  readonly world: GossipWorld;
  readonly random: SeededRandom;
  /** Names that are dead: whoever else is declared failed is so wrongly. */
  readonly dead = new Set<string>();
  /** Members that stand still now and then: not counted as wrong, whatever is said of them. */
  readonly slow = new Set<string>();
  /** Healthy members that somebody declared failed; and those that a healthy one did. */
  readonly wrong = { byAnybody: 0, byHealthy: 0 };
  /** When the members declared a dead one failed. */
  readonly detections = new Map<string, number[]>();
  /** When a member first got no answer from it. */
  readonly suspected = new Map<string, number>();
  readonly spreads = new Map<string, Spread>();
  /** Members that each one holds for alive, by position. */
  private readonly alive: number[] = [];
  private full = 0;

  constructor({ nodes, lossRatio, seed, config }: MeasuredPoolOptions) {
    this.nodes = nodes;
    // Compression costs time here and changes nothing that is measured but bytes.
    this.config = { ...LAN_CONFIG, compression: false, ...config };
    const logger = new AccusationLogger((name) => {
      if (!this.suspected.has(name)) this.suspected.set(name, this.world.nowMs);
    });
    this.world = new GossipWorld({ seed, lossRatio, config: this.config, logger });
    this.random = new SeededRandom(seed, 'measures');
    this.world.onEvent = (member, event, nowMs) => this.hear(member, event, nowMs);
  }

  /** All members, after the first, start and join it, at times up to `withinMs` from now. */
  gather(withinMs: number): void {
    const { world } = this;
    const first = world.add();
    for (let at = 1; at < this.nodes; at++) {
      const delayMs = this.random.between(0, withinMs);
      world.after(delayMs, () => world.join(world.add(), first));
    }
  }

  /** Everybody is there and holds everybody for alive. */
  get isFull(): boolean {
    return this.full === this.nodes;
  }

  /** Traffic since the last call. */
  traffic(): { readonly packets: number; readonly bytes: number } {
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

  fire(member: SimMember, name: string, payload: Uint8Array): void {
    const { world } = this;
    this.spreads.set(name, { firedMs: world.nowMs, reached: 0, lastMs: 0 });
    world.use(member, (core) => core.userEvent(name, payload, false, world.nowMs));
  }

  /** Time in which a broadcast should have reached everybody: log n rounds of gossip, with some room. */
  get spreadMs(): number {
    const { gossipIntervalMs, gossipNodes } = this.config;
    const rounds = Math.log(this.nodes) / Math.log(1 + gossipNodes);
    return gossipIntervalMs * (rounds * 2 + 8);
  }

  /** How long a suspect has at least, and at most (gossip-wire.md 4.3; Lifeguard). */
  get suspicionMs(): { readonly minMs: number; readonly maxMs: number } {
    const { suspicionMult, suspicionMaxTimeoutMult, probeIntervalMs } = this.config;
    const scale = Math.floor(Math.max(1, Math.log10(this.nodes)) * 1000) / 1000;
    const minMs = suspicionMult * scale * probeIntervalMs;
    return { minMs, maxMs: minMs * suspicionMaxTimeoutMult };
  }

  private hear(member: SimMember, event: SerfEvent, nowMs: number): void {
    switch (event.kind) {
      case 'member-join':
        this.count(member.position, event.members.length);
        break;
      case 'member-leave':
        this.count(member.position, -event.members.length);
        break;
      case 'member-failed':
        this.count(member.position, -event.members.length);
        for (const { name } of event.members) this.failed(member, name, nowMs);
        break;
      case 'user-event': {
        const spread = this.spreads.get(event.name);
        if (!spread) return;
        spread.reached++;
        spread.lastMs = nowMs;
      }
    }
  }

  private count(position: number, change: number): void {
    const before = this.alive[position] ?? 0;
    const after = before + change;
    this.alive[position] = after;
    this.full += Number(after === this.nodes) - Number(before === this.nodes);
  }

  private failed(by: SimMember, name: string, nowMs: number): void {
    if (this.dead.has(name)) {
      const times = this.detections.get(name) ?? [];
      this.detections.set(name, times);
      times.push(nowMs);
      return;
    }
    if (this.slow.has(name)) return;
    this.wrong.byAnybody++;
    if (!this.slow.has(by.name)) this.wrong.byHealthy++;
  }
}
