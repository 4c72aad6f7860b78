import type { RaftLimits } from '../node-options.ts';

/** Limits of a node that names none: Consul's for snapshots, sized for small entries else. */
export const DEFAULT_LIMITS: RaftLimits = {
  snapshotThreshold: 16_384,
  snapshotIntervalMs: 30_000,
  trailingEntries: 10_240,
  maxBatchEntries: 256,
  maxBatchBytes: 1024 * 1024,
  maxInflightAppends: 8,
  maxCommandBytes: 2 * 1024 * 1024,
  maxPendingProposals: 16_384,
  maxPendingBytes: 64 * 1024 * 1024,
};
