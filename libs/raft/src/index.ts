export type { ApplyEntries, Consensus, ConsensusStatus, Role } from './consensus.ts';
export type { HardState, LogEntry, LogStore } from './log-store.ts';
export type { SingleVoterOptions } from './single-voter.ts';
export { SingleVoter } from './single-voter.ts';
