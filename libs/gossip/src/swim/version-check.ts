import { NODE_STATE, type PushPullNode } from '../wire/messages.ts';
import type { SwimNode } from './types.ts';

/**
 * Why the states of two pools may not be merged: the protocols that all their alive members understand must
 * include the one that each member speaks (gossip-wire.md section 2). Undefined when they may.
 */
export function versionConflict(
  own: readonly SwimNode[],
  remote: readonly PushPullNode[],
): string | undefined {
  const all = [...remote, ...own];
  const bare = remote.find(({ versions }) => !versions);
  if (bare) return `node "${bare.name}" does not say which protocols it speaks`;
  const alive = all.filter(({ state }) => state === NODE_STATE.alive);
  // Of memberlist at 0, 1 and 2; of the layer above at 3, 4 and 5.
  for (const at of [0, 3] as const) {
    const lowest = Math.max(0, ...alive.map(({ versions }) => versions![at]));
    const highest = Math.min(255, ...alive.map(({ versions }) => versions![at + 1]!));
    for (const { name, versions } of all) {
      const current = versions![at + 2]!;
      if (current < lowest || current > highest) {
        const layer = at === 0 ? 'protocol' : 'delegate protocol';
        return `node "${name}" speaks ${layer} ${current}, accepted are ${lowest} to ${highest}`;
      }
    }
  }
  return undefined;
}
