import { NODE_STATE, type SerfClocks, type SerfEvent, type SwimNode } from '@mesh/gossip';
import { depthsOf } from '../world/gossip-core.ts';
import type { Life } from '../world/life.ts';
import type { Member, PoolWorld, WorldObserver } from '../world/pool-world.ts';
import type { Truth } from './truth.ts';
import { Violation } from './violation.ts';

/** Broadcasts of serf's layer that may wait in a member of these small worlds. */
const MAX_QUEUED = 400;
/** A member that has run undisturbed for so long cannot be called failed. */
const SETTLED_MS = 90_000;

/** What was last seen of a life. */
interface Seen {
  readonly life: Life;
  clocks: SerfClocks;
  nodes: readonly SwimNode[];
  readonly incarnations: Map<string, number>;
  /** Members seen to have left, with their incarnation then. */
  readonly left: Map<string, number>;
  /** Events told, by name. */
  readonly events: Set<string>;
}

/**
 * What must hold at every moment, in every life: incarnations and Lamport times never go backward, who left stays
 * left until it begins anew, an event is told once, queues stay short, and in calm weather nobody is called
 * failed who runs.
 */
export class ConstantChecks implements WorldObserver {
  private readonly world: PoolWorld;
  private readonly truth: Truth;
  private readonly seen = new Map<Member, Seen>();

  constructor(world: PoolWorld, truth: Truth) {
    this.world = world;
    this.truth = truth;
  }

  /** Names of the events that a member was told in its present life. */
  toldTo(member: Member): ReadonlySet<string> {
    return this.of(member).events;
  }

  event(member: Member, event: SerfEvent): void {
    if (event.kind === 'user-event') this.userEvent(member, event.name);
    else if (event.kind === 'member-failed') {
      for (const { name } of event.members) this.failure(member, name);
    }
  }

  turned(member: Member): void {
    const { life } = member;
    if (!life) return;
    const seen = this.of(member);
    this.clocks(member, seen);
    const nodes = depthsOf(life.core).nodes();
    if (nodes === seen.nodes) return;
    seen.nodes = nodes;
    this.forget(member, seen);
    for (const node of nodes) this.node(member, seen, node);
    this.queues(member);
  }

  /** Of the dead who were forgotten nothing is held against whoever brings them up again. */
  private forget(member: Member, { incarnations }: Seen): void {
    const depths = depthsOf(member.life!.core);
    for (const name of incarnations.keys()) if (!depths.node(name)) incarnations.delete(name);
  }

  private of(member: Member): Seen {
    const life = member.life!;
    let seen = this.seen.get(member);
    if (seen?.life !== life) {
      seen = {
        ...{ life, nodes: [], clocks: { member: 0, event: 0, query: 0 } },
        ...{ incarnations: new Map(), left: new Map(), events: new Set() },
      };
      this.seen.set(member, seen);
    }
    return seen;
  }

  private clocks(member: Member, seen: Seen): void {
    const now = member.life!.core.clocks();
    for (const clock of ['member', 'event', 'query'] as const) {
      if (now[clock] >= seen.clocks[clock]) continue;
      const times = `${seen.clocks[clock]} to ${now[clock]}`;
      throw new Violation(`the ${clock} clock of ${member.name} went back from ${times}`);
    }
    seen.clocks = now;
  }

  private node(member: Member, seen: Seen, { name, incarnation, state }: SwimNode): void {
    const before = seen.incarnations.get(name) ?? 0;
    if (incarnation < before) {
      const what = `incarnation ${before} of ${name} to ${incarnation}`;
      throw new Violation(`${member.name} went back from ${what}`);
    }
    seen.incarnations.set(name, incarnation);
    if (state === NODE_STATE.left) seen.left.set(name, incarnation);
    if (state === NODE_STATE.left || state === NODE_STATE.dead) return;
    if (incarnation <= (seen.left.get(name) ?? 0)) {
      throw new Violation(`${name} left, and is back for ${member.name} as it was`);
    }
    seen.left.delete(name);
  }

  private userEvent(member: Member, name: string): void {
    const { events } = this.of(member);
    if (!this.truth.fired.has(name)) {
      throw new Violation(`${member.name} was told ${name}, which nobody fired`);
    }
    if (events.has(name)) throw new Violation(`${member.name} was told ${name} twice`);
    events.add(name);
  }

  private failure(member: Member, name: string): void {
    const subject = this.world.member(name);
    const sinceMs = this.world.nowMs - SETTLED_MS;
    if (!subject?.isRunning || subject.life?.isPaused || this.truth.leaving.has(subject)) return;
    if (subject.changedMs > sinceMs || member.changedMs > sinceMs) return;
    if (!this.truth.isCalmSince(sinceMs)) return;
    throw new Violation(`${member.name} calls ${name} failed, which runs, in calm weather`);
  }

  private queues(member: Member): void {
    const { intent, event, query } = member.life!.core.queues();
    const longest = Math.max(intent, event, query);
    if (longest <= MAX_QUEUED) return;
    throw new Violation(`${longest} broadcasts of one kind wait in ${member.name}`);
  }
}
