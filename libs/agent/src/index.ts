// For the composition roots.
export type { Agent, AgentOptions } from './agent.ts';
export { createAgent } from './agent.ts';
export type { AgentActions } from './http/deps.ts';
