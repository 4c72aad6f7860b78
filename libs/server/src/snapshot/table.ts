import { compositeKey, defineTable } from '@mesh/state';

/** The user restore that is under way; there is one at most. */
export interface PendingRestore {
  readonly id: string;
  /** Log index of its begin: tells it from any other, whatever the ids. */
  readonly beganAt: number;
  /** What was announced, and what of it is here; uncompressed. */
  readonly bytes: number;
  readonly chunks: number;
  readonly receivedBytes: number;
}

/** A piece of the state that is to be restored. */
export interface SnapshotChunk {
  readonly id: string;
  readonly seq: number;
  /** Bytes uncompressed. */
  readonly size: number;
  /** Compressed. */
  readonly data: Uint8Array;
}

/** Key of the one row of `pendingRestores`. */
export const PENDING = 'pending';

export const pendingRestores = defineTable<PendingRestore>({
  name: 'snapshot_restores',
  id: () => PENDING,
  indexes: {},
});

/**
 * Pieces that have arrived, by restore and number. As rows they are in the snapshots of the log too: a
 * server that is made from one between begin and end still knows them.
 */
export const snapshotChunks = defineTable<SnapshotChunk>({
  name: 'snapshot_chunks',
  id: ({ id, seq }) => chunkKey(id, seq),
  indexes: {},
});

/** Id of a piece; sorts by number. */
export function chunkKey(id: string, seq: number): string {
  return compositeKey(id, String(seq).padStart(8, '0'));
}

/** Tables of the restore itself: no part of what users save and restore. */
export const RESTORE_TABLES = [pendingRestores, snapshotChunks] as const;
