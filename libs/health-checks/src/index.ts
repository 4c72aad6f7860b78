export { createCheck } from './check.ts';
export type { AliasSource, CheckDeps, CheckResult, CheckTls, RunningCheck } from './types.ts';
