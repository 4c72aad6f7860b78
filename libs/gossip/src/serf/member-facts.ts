import type { SwimNode } from '../swim/types.ts';
import { NODE_STATE } from '../wire/messages.ts';
import { decodeTags } from '../wire/tags.ts';
import type { MemberFacts } from './roster.ts';
import type { SerfMember } from './types.ts';
import { SERF_STATUS } from './types.ts';

/** What the layer below shows of a member. Tags that make no sense are none. */
export function factsOf(node: SwimNode): MemberFacts {
  const { name, host, port, versions } = node;
  return { name, host, port, versions, tags: tagsOf(node.meta) };
}

/** A node as the rules of the pool judge it, before it is a member. */
export function candidate(node: SwimNode): SerfMember {
  const status = {
    [NODE_STATE.alive]: SERF_STATUS.alive,
    [NODE_STATE.suspect]: SERF_STATUS.alive,
    [NODE_STATE.dead]: SERF_STATUS.failed,
    [NODE_STATE.left]: SERF_STATUS.left,
  }[node.state];
  return { ...factsOf(node), status };
}

function tagsOf(meta: Uint8Array): Readonly<Record<string, string>> {
  try {
    return decodeTags(meta);
  } catch {
    return {};
  }
}
