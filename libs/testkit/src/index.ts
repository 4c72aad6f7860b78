// Real agents in processes of their own.
export type { AgentOptions, Finished, HttpAnswer } from './agent-process.ts';
export { AgentProcess, freePorts, LAUNCHER, run, until } from './agent-process.ts';
// Contract suites.
export { describeLogStore, testEntry } from './log-store-contract.ts';
export { requireTool } from './tools.ts';
