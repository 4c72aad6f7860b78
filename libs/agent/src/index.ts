// Who may.
export { AgentTokens, type SaveTokens, type TokenKind, type TokenSet } from './acl/agent-tokens.ts';
export { guardRoutes, type LocalGuards } from './acl/guard-routes.ts';
export { LocalAuthorizers } from './acl/local-authorizers.ts';
// For the composition roots.
export type { Agent, AgentOptions } from './agent.ts';
export { createAgent } from './agent.ts';
export type { AgentActions } from './http/deps.ts';
