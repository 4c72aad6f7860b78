// Real agents in processes of their own.
export type { AgentOptions, Finished, HttpAnswer } from './agent-process.ts';
export { AgentProcess, freePorts, LAUNCHER, run, until } from './agent-process.ts';
// Resources in memory, without a server around them.
export type { AppliedEntry } from './direct-rpc.ts';
export { DirectRpc } from './direct-rpc.ts';
export type { DomainWorld } from './domain-world.ts';
export { domainWorld } from './domain-world.ts';
export type { Exchange, Saved } from './exchanges.ts';
export { answerOf, expectRecorded, readExchanges } from './exchanges.ts';
// Contract suites.
export { describeLogStore, testEntry } from './log-store-contract.ts';
export { ManualTimers } from './manual-timers.ts';
export { callRoute } from './test-request.ts';
// Programs that tests need.
export { requireTool } from './tools.ts';
