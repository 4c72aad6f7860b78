import { SERF_STATUS, type SerfMember, type SerfStatus } from '@mesh/gossip';
import type { Member, PoolWorld } from '../world/pool-world.ts';
import type { ConstantChecks } from './constant-checks.ts';
import type { Truth } from './truth.ts';

const STATUS_NAMES = Object.fromEntries(
  Object.entries(SERF_STATUS).map(([name, value]) => [value, name]),
) as Record<SerfStatus, string>;

/**
 * What must hold in a healed pool after some time: all that run agree on who is a member, with what status, tags and
 * address; the living are alive; the dead are failed or left, and left where they said so; every event has come to
 * everybody who was there. Returns what does not hold.
 */
export function disagreement(
  world: PoolWorld,
  truth: Truth,
  checks: ConstantChecks,
): string | undefined {
  const running = world.running.filter(({ isIn }) => isIn);
  if (running.length < world.running.length) return 'not all that run have joined';
  for (const observer of running) {
    for (const subject of world.members) {
      const wrong = misjudgement(observer, subject, truth);
      if (wrong !== undefined) return `${observer.name}: ${wrong}`;
    }
  }
  return discord(running, world.members) ?? missedEvent(running, truth, checks);
}

function misjudgement(observer: Member, subject: Member, truth: Truth): string | undefined {
  const known = observer.life!.core.member(subject.name);
  if (subject.isRunning) {
    if (!known) return `does not know ${subject.name}`;
    if (known.status !== SERF_STATUS.alive) {
      return `${subject.name} runs, but is ${STATUS_NAMES[known.status]}`;
    }
    return misdescription(known, subject);
  }
  // Who came after it had gone need not have heard of it.
  if (!known) return undefined;
  const { status } = known;
  if (status === SERF_STATUS.failed) {
    if (!truth.left.get(subject)?.isCalm) return undefined;
    return `${subject.name} left in calm weather, but is failed`;
  }
  // What was said of an earlier life may be newer to some than what its last life said.
  if (status === SERF_STATUS.left && truth.saidToLeave.has(subject)) return undefined;
  return `${subject.name} is gone, but is ${STATUS_NAMES[status]}`;
}

function misdescription(known: SerfMember, subject: Member): string | undefined {
  if (known.port !== subject.address.port || known.host !== subject.address.host) {
    return `${subject.name} is at ${subject.address.port}, not at ${known.port}`;
  }
  const [told, real] = [JSON.stringify(known.tags), JSON.stringify(subject.tags)];
  return told === real ? undefined : `the tags of ${subject.name} are ${real}, not ${told}`;
}

/**
 * Two members that see a third one differently. Where most do not know it, having come later, the others may take any
 * time to tell each other.
 */
function discord(running: readonly Member[], subjects: readonly Member[]): string | undefined {
  for (const subject of subjects) {
    const views = new Map<SerfStatus, Member>();
    let knowing = 0;
    for (const observer of running) {
      const status = observer.life!.core.member(subject.name)?.status;
      if (status === undefined) continue;
      knowing++;
      views.set(status, observer);
    }
    if (views.size < 2 || 2 * knowing < running.length) continue;
    const told = [...views].map(([status, { name }]) => `${STATUS_NAMES[status]} for ${name}`);
    return `${subject.name} is ${told.join(' and ')}`;
  }
  return undefined;
}

/**
 * An event that reached one who runs has to reach all who were there when it was fired; but for those who count it as
 * old, because the part of the pool that they joined was ahead of the one that fired it. They do not pass it on
 * either, so that nothing is asked where they are in the majority.
 */
function missedEvent(
  running: readonly Member[],
  truth: Truth,
  checks: ConstantChecks,
): string | undefined {
  for (const { name, atMs, lamportTime } of truth.fired.values()) {
    const wanting = running.filter(
      ({ joinedMs, eventsSince }) => joinedMs < atMs && eventsSince <= lamportTime,
    );
    const told = running.filter((member) => checks.toldTo(member).has(name));
    if (told.length === 0 || 2 * wanting.length < running.length) continue;
    const missing = wanting.find((member) => !told.includes(member));
    if (missing) return `${missing.name} was never told ${name}`;
  }
  return undefined;
}
