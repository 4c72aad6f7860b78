// What a server uses.

export type { Configuration, ConfigurationChange, ServerInfo, Suffrage } from './configuration.ts';
export type { Consensus, ConsensusStatus, Leadership, PeerProgress, Role } from './consensus.ts';
// What io libs implement.
export type { HardState, LogEntry, LogPosition } from './entry.ts';
export type { LogStore, LogWrite, StoredLog } from './log-store.ts';
export type { Message, ReadMode, SnapshotOffer, SnapshotOutcome } from './messages.ts';
export { BULK_KINDS } from './messages.ts';
export { RaftNode } from './node/raft-node.ts';
export type { RaftLimits, RaftNodeOptions } from './node-options.ts';
export type { RecoveryParts } from './recovery.ts';
export { recoverCluster } from './recovery.ts';
export type {
  SnapshotMeta,
  SnapshotPosition,
  SnapshotSink,
  SnapshotStore,
} from './snapshot-store.ts';
export type { StateMachine } from './state-machine.ts';
export type { RaftTiming } from './timing.ts';
export { DEV_TIMING, raftTiming } from './timing.ts';
export type { Transport, TransportHandler } from './transport.ts';
