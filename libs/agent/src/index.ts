// For the composition roots.
export type { Agent, AgentOptions } from './agent.ts';
export { createAgent } from './agent.ts';
export type { AgentActions } from './http/deps.ts';
// Pools of agents.
export type { Member, Membership } from './membership.ts';
export { MEMBER_STATUS } from './membership.ts';
export type { MemberConfig } from './solo-membership.ts';
export { memberTags, SoloMembership } from './solo-membership.ts';
