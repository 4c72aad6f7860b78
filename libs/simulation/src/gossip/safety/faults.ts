import type { SerfMemory } from '@mesh/gossip';
import type { SeededRandom } from '../../world/seeded-random.ts';
import type { Member, PoolWorld } from '../world/pool-world.ts';
import { FAIR_WEATHER } from '../world/weather.ts';
import type { Truth } from './truth.ts';

/** What befalls a pool, with weights. */
export interface GossipFaultMix {
  readonly crash: number;
  readonly restart: number;
  readonly leave: number;
  readonly forceLeave: number;
  readonly comeBack: number;
  readonly newcomer: number;
  readonly pause: number;
  readonly partition: number;
  readonly link: number;
  readonly oneWay: number;
  readonly lossy: number;
  readonly storm: number;
  readonly tags: number;
  readonly userEvent: number;
  readonly rejoin: number;
}

export type GossipFault = keyof GossipFaultMix;

/** Faults after which members may look failed for a while though they are not. */
const HARMLESS: ReadonlySet<GossipFault> = new Set<GossipFault>([
  'crash',
  'restart',
  'leave',
  'forceLeave',
  'comeBack',
  'newcomer',
  'link',
  'tags',
  'userEvent',
  'rejoin',
]);

/** Members at most, counting those that are gone. */
const MAX_MEMBERS = 48;
/** So many always stay, or nobody could be joined. */
const MIN_RUNNING = 2;

export interface GossipFaultsOptions {
  readonly world: PoolWorld;
  readonly truth: Truth;
  readonly random: SeededRandom;
  readonly mix: GossipFaultMix;
  readonly betweenMs: number;
  readonly trace?: ((line: string) => void) | undefined;
}

/** Does to a pool of members what the world does to pools. */
export class GossipFaults {
  /** Faults so far. */
  count = 0;
  private isOver = false;
  /** When the weather is to be fair again. */
  private badUntilMs = 0;
  /** Members that will begin again. */
  private readonly pending = new Set<Member>();
  private cutLinks = 0;
  private readonly options: GossipFaultsOptions;
  private readonly world: PoolWorld;
  private readonly truth: Truth;
  private readonly random: SeededRandom;

  constructor(options: GossipFaultsOptions) {
    this.options = options;
    this.world = options.world;
    this.truth = options.truth;
    this.random = options.random;
  }

  start(): void {
    this.world.agenda.after(this.random.between(0.2, 2) * this.options.betweenMs, () => {
      if (this.isOver) return;
      this.strike();
      this.start();
    });
  }

  /** All faults end, but who is gone for good stays gone. */
  heal(): void {
    this.isOver = true;
    this.world.weather.clear();
    Object.assign(this.world.weather.settings, FAIR_WEATHER);
    this.truth.harmUntilMs = this.world.nowMs;
    for (const { life } of this.world.running) life!.wake();
    for (const member of this.pending) this.begin(member);
  }

  private strike(): void {
    const faults = Object.entries(this.options.mix) as [GossipFault, number][];
    const total = faults.reduce((sum, [, weight]) => sum + weight, 0);
    let at = this.random.float() * total;
    const [fault] = faults.find(([, weight]) => {
      at -= weight;
      return at < 0;
    }) ?? ['userEvent'];
    const told = this[fault]();
    if (told === undefined) return;
    this.count++;
    this.trace(`${fault} ${told}`);
    if (!HARMLESS.has(fault)) this.harm(this.world.nowMs);
  }

  private trace(line: string): void {
    this.options.trace?.(`${(this.world.nowMs / 1000).toFixed(3)} ${line}`);
  }

  private harm(untilMs: number): void {
    this.truth.harmUntilMs = Math.max(this.truth.harmUntilMs, untilMs);
  }

  private anybody(): Member | undefined {
    return this.random.pick(this.world.running);
  }

  /** Somebody who may go. */
  private expendable(): Member | undefined {
    const { running } = this.world;
    const staying = running.filter((member) => member.isIn && !this.truth.leaving.has(member));
    return staying.length > MIN_RUNNING ? this.random.pick(running) : undefined;
  }

  private crash(): string | undefined {
    const member = this.expendable();
    if (!member) return undefined;
    member.refuses = this.random.chance(0.7);
    this.lose(member);
    return member.name;
  }

  private lose(member: Member): void {
    this.truth.lossMs = this.world.nowMs;
    this.world.crash(member);
  }

  /** A process that ends and begins again, soon or late, with or without its memory, perhaps changed. */
  private restart(): string | undefined {
    const member = this.expendable();
    if (!member) return undefined;
    this.lose(member);
    const afterMs = this.random.pick([100, 1000, 5000, 30_000]) * this.random.between(0.5, 1.5);
    this.pending.add(member);
    this.world.agenda.after(afterMs, () => {
      if (!this.isOver) this.begin(member);
    });
    return `${member.name} after ${afterMs.toFixed(0)} ms`;
  }

  private leave(): string | undefined {
    const member = this.expendable();
    if (!member?.isIn || this.truth.leaving.has(member)) return undefined;
    this.truth.beganToLeave(member);
    member.life!.act((core, nowMs) => core.leave(nowMs));
    return member.name;
  }

  private forceLeave(): string | undefined {
    const gone = this.world.members.filter(({ isRunning, lives }) => !isRunning && lives > 0);
    const member = this.random.pick(gone);
    const by = this.anybody();
    if (!member || !by) return undefined;
    this.truth.saidToLeave.add(member);
    by.life!.act((core, nowMs) => core.forceLeave(member.name, false, nowMs));
    return `${member.name} by ${by.name}`;
  }

  /** Somebody who is gone for good returns. */
  private comeBack(): string | undefined {
    const gone = this.world.members.filter(({ isRunning, lives }) => !isRunning && lives > 0);
    const member = this.random.pick(gone);
    if (!member) return undefined;
    this.begin(member);
    return member.name;
  }

  private begin(member: Member): void {
    this.pending.delete(member);
    if (member.isRunning) return;
    if (this.random.chance(0.4)) member.tags = { v: String(this.random.whole(1, 1000)) };
    const hasMemory = !this.truth.left.has(member) && this.random.chance(0.7);
    const memory: SerfMemory | undefined = hasMemory ? member.memory : undefined;
    this.truth.began(member);
    this.world.start(member, memory);
    this.world.joinAnybody(member);
    this.trace(`begin ${member.name}${hasMemory ? ' with its memory' : ''}`);
  }

  private newcomer(): string | undefined {
    if (this.world.members.length >= MAX_MEMBERS) return undefined;
    const member = this.world.add();
    member.tags = { v: '0' };
    this.world.start(member);
    this.world.joinAnybody(member);
    return member.name;
  }

  private pause(): string | undefined {
    const member = this.anybody();
    if (!member) return undefined;
    const ms = this.random.pick([500, 3000, 15_000, 40_000]) * this.random.between(0.5, 1.5);
    member.life!.pause(ms);
    this.harm(this.world.nowMs + ms);
    return `${member.name} for ${ms.toFixed(0)} ms`;
  }

  private partition(): string | undefined {
    const sides = this.random.pick([2, 2, 3]);
    const division = this.world.members.map(
      ({ place }) => [place, this.random.whole(0, sides - 1)] as const,
    );
    this.world.weather.divide(division);
    const ms = this.random.between(3000, 40_000);
    this.clearAfter(ms);
    return `into ${sides} for ${ms.toFixed(0)} ms`;
  }

  /** One link is cut, both ways. */
  private link(): string | undefined {
    const [one, other] = [this.anybody(), this.anybody()];
    if (!one || !other || one === other) return undefined;
    // So few that everybody can be reached through most of the others.
    if (++this.cutLinks > this.world.running.length / 4) {
      this.cutLinks = 0;
      this.badUntilMs = this.world.nowMs;
      this.world.weather.clear();
      return 'none';
    }
    this.world.weather.cut(one.place, other.place);
    this.world.weather.cut(other.place, one.place);
    return `${one.name} ${other.name}`;
  }

  /** Nothing comes in to a member any more, or goes out. */
  private oneWay(): string | undefined {
    const member = this.anybody();
    if (!member) return undefined;
    const isIn = this.random.chance(0.5);
    this.world.weather.spoil(member.place, isIn ? { incoming: 1 } : { outgoing: 1 });
    const ms = this.random.between(2000, 30_000);
    this.clearAfter(ms);
    return `${member.name} ${isIn ? 'deaf' : 'mute'} for ${ms.toFixed(0)} ms`;
  }

  private lossy(): string | undefined {
    const member = this.anybody();
    if (!member) return undefined;
    const [incoming, outgoing] = [this.random.float() * 0.8, this.random.float() * 0.8];
    this.world.weather.spoil(member.place, { incoming, outgoing });
    const ms = this.random.between(5000, 40_000);
    this.clearAfter(ms);
    return `${member.name} ${incoming.toFixed(2)} in, ${outgoing.toFixed(2)} out`;
  }

  /** The whole network is bad for a while. */
  private storm(): string | undefined {
    Object.assign(this.world.weather.settings, {
      lossRatio: this.random.pick([0, 0.05, 0.2, 0.4]),
      duplicateRatio: this.random.pick([0, 0.05]),
      brokenStreamRatio: this.random.pick([0, 0.1, 0.5]),
      holdUpRatio: this.random.pick([0.001, 0.05]),
      holdUpMs: this.random.pick([50, 2000]),
      bursts: this.random.pick([undefined, { everyMs: 4000, lastMs: 800, lossRatio: 0.9 }]),
    });
    const ms = this.random.between(5000, 30_000);
    this.clearAfter(ms);
    return `for ${ms.toFixed(0)} ms`;
  }

  private tags(): string | undefined {
    const member = this.anybody();
    if (!member || this.truth.leaving.has(member)) return undefined;
    const tags = { v: String(this.random.whole(1, 1000)) };
    member.tags = tags;
    member.life!.act((core, nowMs) => core.setTags(tags, nowMs));
    return `${member.name} ${tags.v}`;
  }

  private userEvent(): string | undefined {
    const member = this.anybody();
    if (!member || this.truth.leaving.has(member)) return undefined;
    return `${this.truth.fire(member)} by ${member.name}`;
  }

  /** A member joins again, through anybody. */
  private rejoin(): string | undefined {
    const [member, other] = [this.anybody(), this.anybody()];
    if (!member?.isIn || !other?.isIn || member === other) return undefined;
    member.life!.act((core, nowMs) => core.join(other.address, false, nowMs));
    return `${member.name} ${other.name}`;
  }

  private clearAfter(ms: number): void {
    const endMs = this.world.nowMs + ms;
    this.harm(endMs);
    this.badUntilMs = Math.max(this.badUntilMs, endMs);
    this.world.agenda.at(endMs, () => {
      if (this.isOver || this.badUntilMs > endMs) return;
      this.world.weather.clear();
      Object.assign(this.world.weather.settings, FAIR_WEATHER);
    });
  }
}
