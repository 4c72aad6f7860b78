// Pools of agents.
export type { Member, Membership } from './membership.ts';
export { MEMBER_STATUS } from './membership.ts';
// Servers that know each other from flags.
export type { JoinerOptions } from './pool/joiner.ts';
export { Joiner } from './pool/joiner.ts';
export type { PoolOptions } from './pool/pool-membership.ts';
export { PoolMembership } from './pool/pool-membership.ts';
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
export type { MemberConfig } from './solo-membership.ts';
export { memberTags, SoloMembership } from './solo-membership.ts';
