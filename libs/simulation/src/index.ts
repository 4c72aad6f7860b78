// For tests of anything that claims to be linearizable.
export type { KeyedOperation, KvInput, KvOutput, KvViolation } from './check/kv-model.ts';
export { checkKvHistory, KEY_MODEL } from './check/kv-model.ts';
export type { Model, Operation, Verdict } from './check/linearizability.ts';
export { checkLinearizable } from './check/linearizability.ts';
// The simulation of consensus.
export type { ScenarioResult } from './scenario.ts';
export { runScenario } from './scenario.ts';
