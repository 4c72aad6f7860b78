import type { GossipAddress, GossipConfig, SerfEvent, SerfMemory } from '@mesh/gossip';
import { SeededRandom } from '../../world/seeded-random.ts';
import { AccusationLogger } from './accusation-logger.ts';
import { Agenda } from './agenda.ts';
import { Carrier } from './carrier.ts';
import { Geography, type GeographyOptions } from './geography.ts';
import type { GossipCore } from './gossip-core.ts';
import { Life } from './life.ts';
import { Weather, type WeatherSettings } from './weather.ts';

/** What a member's process is given. */
export interface CoreOptions {
  readonly name: string;
  readonly address: GossipAddress;
  readonly tags: Readonly<Record<string, string>>;
  readonly config: GossipConfig;
  readonly random: SeededRandom;
  readonly memory: SerfMemory | undefined;
  readonly logger: AccusationLogger;
}

export interface PoolWorldOptions {
  readonly seed: number;
  readonly config: GossipConfig;
  readonly createCore: (options: CoreOptions) => GossipCore;
  readonly geography: GeographyOptions;
  readonly weather?: Partial<WeatherSettings>;
  /** Clocks go by so much faster or slower at most. @default 0 */
  readonly clockSkewRatio?: number;
  /** Wait after a join that failed, at most, milliseconds. @default 5000 */
  readonly rejoinMs?: number;
}

/** Who wants to know what happens. */
export interface WorldObserver {
  /** A member was told something. */
  event?(member: Member, event: SerfEvent): void;
  /** A member found, by itself, that another does not answer. */
  accused?(member: Member, suspect: string): void;
  /** A member's core was called. */
  turned?(member: Member): void;
}

/** A member over all its lives. */
export class Member {
  readonly name: string;
  readonly index: number;
  readonly place: number;
  address: GossipAddress;
  tags: Readonly<Record<string, string>> = {};
  life: Life | undefined;
  /** Lives so far. */
  lives = 0;
  /** Whether its machine answers while its process is gone. */
  refuses = true;
  memory: SerfMemory | undefined;
  /** The join that it waits for. */
  joinId: number | undefined;
  /** When its present life was let in; Infinity when it was not yet. */
  joinedMs = Number.POSITIVE_INFINITY;
  /** Lamport time before which its present life skips events. */
  eventsSince = 0;
  /** When the present life began, or the last one ended. */
  changedMs = 0;

  constructor(name: string, index: number, place: number, address: GossipAddress) {
    this.name = name;
    this.index = index;
    this.place = place;
    this.address = address;
  }

  get isRunning(): boolean {
    return this.life?.alive ?? false;
  }

  /** Whether its present life is part of the pool. */
  get isIn(): boolean {
    return this.joinedMs < Number.POSITIVE_INFINITY;
  }
}

const PORT = 8301;

/** A pool of members in virtual time, on a network with weather. A seed is one story. */
export class PoolWorld {
  readonly agenda = new Agenda();
  readonly random: SeededRandom;
  readonly geography: Geography;
  readonly weather: Weather;
  readonly carrier: Carrier;
  readonly members: Member[] = [];
  readonly observers: WorldObserver[] = [];
  private readonly byHost = new Map<string, Member>();
  private readonly options: PoolWorldOptions;

  constructor(options: PoolWorldOptions) {
    const { seed } = options;
    this.options = options;
    this.random = new SeededRandom(seed, 'world');
    this.geography = new Geography(new SeededRandom(seed, 'geography'), options.geography);
    this.weather = new Weather(new SeededRandom(seed, 'weather'), this.geography, options.weather);
    const find = ({ host, port }: GossipAddress) => {
      const member = this.byHost.get(host);
      return member?.address.port === port ? member : undefined;
    };
    const random = new SeededRandom(seed, 'carrier');
    this.carrier = new Carrier(this.agenda, random, this.weather, find);
  }

  get nowMs(): number {
    return this.agenda.nowMs;
  }

  get config(): GossipConfig {
    return this.options.config;
  }

  /** Members that run, in the order in which they were added. */
  get running(): readonly Member[] {
    return this.members.filter(({ isRunning }) => isRunning);
  }

  /** A member that does not run yet. */
  add(): Member {
    const index = this.members.length;
    const host = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
    const member = new Member(`m${index}`, index, this.geography.settle(), { host, port: PORT });
    this.members.push(member);
    this.byHost.set(host, member);
    return member;
  }

  member(name: string): Member | undefined {
    return this.members[Number(name.slice(1))];
  }

  /** Begins the life of the one who needs to join nobody. */
  found(member: Member): void {
    this.start(member);
    member.joinedMs = this.nowMs;
  }

  /** Begins a life; `memory` is what an earlier one left behind. */
  start(member: Member, memory?: SerfMemory): void {
    const { seed, config, createCore, clockSkewRatio = 0 } = this.options;
    const { name, address, tags } = member;
    const random = new SeededRandom(seed, `${name}/${member.lives++}`);
    const logger = new AccusationLogger((suspect) => {
      for (const observer of this.observers) observer.accused?.(member, suspect);
    });
    const life: Life = new Life({
      ...{ name, address, random, agenda: this.agenda },
      core: createCore({ name, address, tags, config, random, memory, logger }),
      clock: {
        startMs: 1000 + random.float() * 1e6,
        rate: 1 + (random.float() * 2 - 1) * clockSkewRatio,
      },
      send: (output) => this.carrier.send(life, member.place, output),
      onEvent: (event) => this.tell(member, event),
      onTurn: () => {
        for (const observer of this.observers) observer.turned?.(member);
      },
    });
    member.life = life;
    member.joinedMs = Number.POSITIVE_INFINITY;
    member.changedMs = this.nowMs;
    member.joinId = undefined;
    life.act((core, nowMs) => core.start(nowMs));
  }

  /**
   * Ends a process without a word. What it had noted on disk of its clocks (lately, or a little earlier) stays as
   * its memory.
   */
  crash(member: Member): void {
    const { life } = member;
    if (!life?.alive) return;
    const { member: clock, event, query } = life.core.clocks();
    const noted = (time: number) => Math.max(0, time - 1 - this.random.pick([0, 0, 1]));
    member.memory = { clock: noted(clock), eventClock: noted(event), queryClock: noted(query) };
    life.end();
    member.changedMs = this.nowMs;
  }

  /** Joins through another one, as agents do: past events are skipped, and it is tried until it has worked. */
  join(member: Member, to: Member): void {
    const { life } = member;
    if (!life?.alive) return;
    // Set before it runs: nothing of it can come back meanwhile.
    member.joinId = life.act((core, nowMs) => core.join(to.address, true, nowMs));
  }

  /** Joins through one that is there. */
  joinAnybody(member: Member): void {
    const { life } = member;
    const isIn = (other: Member) => other !== member && other.isRunning && other.isIn;
    const target = this.random.pick(this.members.filter(isIn));
    if (target) this.join(member, target);
    else if (life) this.tryLater(member, life);
  }

  /** Lets time pass. */
  run(ms: number, isOver?: () => boolean): void {
    this.agenda.run(this.nowMs + ms, isOver);
  }

  private tell(member: Member, event: SerfEvent): void {
    for (const observer of this.observers) observer.event?.(member, event);
    if (event.kind === 'join-done') this.joinDone(member, event);
  }

  private joinDone(member: Member, event: Extract<SerfEvent, { kind: 'join-done' }>): void {
    if (event.id !== member.joinId) return;
    member.joinId = undefined;
    if (event.error === undefined) {
      member.joinedMs = Math.min(member.joinedMs, this.nowMs);
      member.eventsSince = member.life!.core.clocks().event;
      return;
    }
    if (member.life) this.tryLater(member, member.life);
  }

  private tryLater(member: Member, life: Life): void {
    const { rejoinMs = 5000 } = this.options;
    this.agenda.after(this.random.between(rejoinMs / 5, rejoinMs), () => {
      if (life === member.life && life.alive) this.joinAnybody(member);
    });
  }
}
