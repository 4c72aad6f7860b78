// Pools of agents.
export type { MembershipConfig, MembershipParts } from './gossip/create-membership.ts';
export { createMembership } from './gossip/create-membership.ts';
export { GossipMembership } from './gossip/gossip-membership.ts';
export { fireNewLeader, NEW_LEADER_EVENT } from './gossip/new-leader.ts';
export type { JoinerOptions } from './joiner.ts';
export { Joiner } from './joiner.ts';
export type { MemberConfig } from './member-tags.ts';
export { memberTags } from './member-tags.ts';
export type { Member, Membership } from './membership.ts';
export { MEMBER_STATUS } from './membership.ts';
// What gossip offers besides.
export type {
  KeyringOperation,
  KeyringReply,
  Keyrings,
  PoolCoordinates,
  PoolEvent,
  PoolEvents,
  PoolName,
} from './pool-services.ts';
export type { ServerMember } from './server-member.ts';
export { serverMember } from './server-member.ts';
export type { ServerPicker, ServerRouter } from './server-picker.ts';
