import type { SeededRandom } from '../../world/seeded-random.ts';
import type { Geography } from './geography.ts';

/** What the network does to packets. */
export interface WeatherSettings {
  /** Share of packets that are lost, each for itself. */
  lossRatio: number;
  /** Queues on the way: a packet takes longer by this share of its time on average (exponential). */
  jitterRatio: number;
  /** Share of packets that are held up, and how long at most. */
  holdUpRatio: number;
  holdUpMs: number;
  /** Share of packets that arrive twice. */
  duplicateRatio: number;
  /** Share of streams that break. */
  brokenStreamRatio: number;
  /** Bursts in which a sender's packets are lost (Gilbert-Elliott); undefined when there are none. */
  bursts:
    | { readonly everyMs: number; readonly lastMs: number; readonly lossRatio: number }
    | undefined;
}

export const FAIR_WEATHER: WeatherSettings = {
  lossRatio: 0,
  jitterRatio: 0.1,
  holdUpRatio: 0.001,
  holdUpMs: 50,
  duplicateRatio: 0,
  brokenStreamRatio: 0,
  bursts: undefined,
};

/** Whether a sender is in a burst, and until when. */
interface Burst {
  isBad: boolean;
  untilMs: number;
}

/** The paths between places: how long packets take, which are lost, who is cut off from whom. */
export class Weather {
  readonly settings: WeatherSettings;
  private readonly random: SeededRandom;
  private readonly geography: Geography;
  private readonly bursts = new Map<number, Burst>();
  private readonly incoming = new Map<number, number>();
  private readonly outgoing = new Map<number, number>();
  private readonly cuts = new Set<string>();
  private readonly sides = new Map<number, number>();

  constructor(random: SeededRandom, geography: Geography, settings: Partial<WeatherSettings> = {}) {
    this.random = random;
    this.geography = geography;
    this.settings = { ...FAIR_WEATHER, ...settings };
  }

  /** From now on a place loses this share of what it receives, and of what it sends. */
  spoil(place: number, { incoming = 0, outgoing = 0 }): void {
    this.incoming.set(place, incoming);
    this.outgoing.set(place, outgoing);
  }

  /** Nothing of `from` reaches `to` any more. */
  cut(from: number, to: number): void {
    this.cuts.add(`${from} ${to}`);
  }

  /** Places on different sides do not reach each other; who has no side is on side 0. */
  divide(sides: Iterable<readonly [number, number]>): void {
    this.sides.clear();
    for (const [place, side] of sides) this.sides.set(place, side);
  }

  /** All that spoil, cut and divide did is over. */
  clear(): void {
    this.incoming.clear();
    this.outgoing.clear();
    this.cuts.clear();
    this.sides.clear();
  }

  /** Whether anything of one place can reach the other. */
  isOpen(from: number, to: number): boolean {
    if (this.cuts.size > 0 && this.cuts.has(`${from} ${to}`)) return false;
    return this.sides.size === 0 || (this.sides.get(from) ?? 0) === (this.sides.get(to) ?? 0);
  }

  /** Whether a packet that is sent now is lost. */
  loses(from: number, to: number, nowMs: number): boolean {
    const { lossRatio, bursts } = this.settings;
    if (lossRatio > 0 && this.random.chance(lossRatio)) return true;
    if (bursts && this.isInBurst(from, nowMs) && this.random.chance(bursts.lossRatio)) return true;
    if (this.outgoing.size === 0) return false;
    const kept = (1 - (this.outgoing.get(from) ?? 0)) * (1 - (this.incoming.get(to) ?? 0));
    return kept < 1 && !this.random.chance(kept);
  }

  /** How long a packet that is sent now takes, milliseconds. */
  delayMs(from: number, to: number): number {
    const { jitterRatio, holdUpRatio, holdUpMs } = this.settings;
    const waiting = jitterRatio > 0 ? -Math.log(1 - this.random.float()) * jitterRatio : 0;
    const heldUp = this.random.chance(holdUpRatio) ? this.random.float() * holdUpMs : 0;
    return (this.geography.rttMs(from, to) / 2) * (1 + waiting) + heldUp;
  }

  /** Whether a packet arrives twice. */
  doubles(): boolean {
    const { duplicateRatio } = this.settings;
    return duplicateRatio > 0 && this.random.chance(duplicateRatio);
  }

  /** Whether a stream that begins now breaks. */
  breaks(): boolean {
    const { brokenStreamRatio } = this.settings;
    return brokenStreamRatio > 0 && this.random.chance(brokenStreamRatio);
  }

  private isInBurst(place: number, nowMs: number): boolean {
    const { everyMs, lastMs } = this.settings.bursts!;
    let burst = this.bursts.get(place);
    if (!burst) {
      burst = { isBad: true, untilMs: -1 };
      this.bursts.set(place, burst);
    }
    while (burst.untilMs < nowMs) {
      burst.isBad = !burst.isBad;
      const meanMs = burst.isBad ? lastMs : everyMs;
      const sinceMs = burst.untilMs < 0 ? nowMs : burst.untilMs;
      burst.untilMs = sinceMs - Math.log(1 - this.random.float()) * meanMs;
    }
    return burst.isBad;
  }
}
