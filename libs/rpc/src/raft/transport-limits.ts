import { MIB } from '@mesh/base';

/** Bounds of a transport. Each has the default that its docstring names. */
export interface RaftTransportLimits {
  /** Messages that wait on the control path to one peer. @default 512 */
  readonly maxControlMessages: number;
  /** Messages that wait on the bulk path to one peer. @default 4096 */
  readonly maxBulkMessages: number;
  /** Bytes that wait on the bulk path to one peer. @default 8 MiB */
  readonly maxBulkBytes: number;
  /** Longest time to a connection, milliseconds. @default 3000 */
  readonly connectTimeoutMs: number;
  /** Wait before a new connection when the last one failed, milliseconds, doubling. @default 10 */
  readonly firstBackoffMs: number;
  /** And its longest, milliseconds. @default 1000 */
  readonly longestBackoffMs: number;
  /** Snapshots that come in at one time. @default 2 */
  readonly maxIncomingSnapshots: number;
}

/** Bounds of a transport that names none. */
export const DEFAULT_LIMITS: RaftTransportLimits = {
  maxControlMessages: 512,
  maxBulkMessages: 4096,
  maxBulkBytes: 8 * MIB,
  connectTimeoutMs: 3000,
  firstBackoffMs: 10,
  longestBackoffMs: 1000,
  maxIncomingSnapshots: 2,
};
