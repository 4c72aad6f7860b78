import { SERF_STATUS } from '@mesh/gossip';
import type { Member, PoolWorld } from '../world/pool-world.ts';

/**
 * Parts of a pool that do not know of each other, since all that knew both are gone: no protocol brings them
 * together, so an operator has to. Gives a member of each such part with one of the first part.
 */
export function strangers(world: PoolWorld): readonly (readonly [Member, Member])[] {
  const running = world.running.filter(({ isIn }) => isIn);
  const [first] = running;
  if (!first) return [];
  const parts: (readonly [Member, Member])[] = [];
  const reached = acquaintances(first, running);
  for (const member of running) {
    if (reached.has(member)) continue;
    parts.push([member, first]);
    for (const one of acquaintances(member, running)) reached.add(one);
  }
  return parts;
}

/** All that know each other, over others where need be. */
function acquaintances(first: Member, running: readonly Member[]): Set<Member> {
  const reached = new Set([first]);
  for (const one of reached) {
    for (const other of running) if (know(one, other) || know(other, one)) reached.add(other);
  }
  return reached;
}

/** Whether one looks for the other: the failed are tried again, those that left are not. */
function know(one: Member, other: Member): boolean {
  const status = one.life!.core.member(other.name)?.status;
  return status !== undefined && status !== SERF_STATUS.left;
}
