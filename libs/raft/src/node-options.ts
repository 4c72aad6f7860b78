import type { Clock, Logger, Metrics, Random, Timers } from '@mesh/base';
import type { LogStore } from './log-store.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import type { StateMachine } from './state-machine.ts';
import type { RaftTiming } from './timing.ts';
import type { Transport } from './transport.ts';

/** What a consensus node is made of: RaftNode's constructor takes this. */
export interface RaftNodeOptions {
  /** For life: the node id. */
  readonly serverId: string;
  /** host:port of this server's RPC. */
  readonly address: string;
  readonly logStore: LogStore;
  readonly snapshots: SnapshotStore;
  readonly machine: StateMachine;
  readonly transport: Transport;
  readonly platform: {
    readonly clock: Clock;
    readonly timers: Timers;
    readonly random: Pick<Random, 'float'>;
  };
  readonly timing: RaftTiming;
  /** Runs a callback after the present turn's input has been read, so that its proposals form one batch. */
  readonly defer: (callback: () => void) => void;
  /** Named agent.server.raft. */
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Limits, for tests. Each has the default that its docstring names. */
  readonly limits?: Partial<RaftLimits>;
}

export interface RaftLimits {
  /** Applied entries after which a snapshot is taken. @default 16384 */
  readonly snapshotThreshold: number;
  /** How often that is looked at, milliseconds, up to twice. @default 30000 */
  readonly snapshotIntervalMs: number;
  /** Entries kept in the log behind a snapshot, for slow followers. @default 10240 */
  readonly trailingEntries: number;
  /** Most entries in one append and one store write. @default 256 */
  readonly maxBatchEntries: number;
  /** Most bytes of entries in one append, beyond the first entry. @default 1 MiB */
  readonly maxBatchBytes: number;
  /** Appends under way to one follower. @default 8 */
  readonly maxInflightAppends: number;
  /** Largest command, bytes. @default 2 MiB */
  readonly maxCommandBytes: number;
  /** Proposals waiting to be committed; beyond it clients are told to slow down. @default 16384 */
  readonly maxPendingProposals: number;
  /** Bytes of proposals waiting. @default 64 MiB */
  readonly maxPendingBytes: number;
}
