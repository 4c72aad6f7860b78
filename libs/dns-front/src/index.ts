// For the DNS front's composition root.
export type { AgentAccess, AgentAddress, AgentTls } from './agent-address.ts';
export { parseAgentAddress } from './agent-address.ts';
export { AgentLink, type AgentLinkOptions, type Follower, type QuerySource } from './agent-link.ts';
export { FrontSource, type FrontSourceOptions } from './front-source.ts';
export { FrontView, type FrontViewOptions } from './front-view.ts';
