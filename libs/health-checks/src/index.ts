export { createCheck } from './check.ts';
// For other runners of programs.
export { OutputBuffer } from './checks/output-buffer.ts';
export type { AliasSource, CheckDeps, CheckResult, CheckTls, RunningCheck } from './types.ts';
