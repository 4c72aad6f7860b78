import type { Configuration } from './configuration.ts';
import type { LogPosition } from './entry.ts';

/** Which prefix of the log a snapshot stands for. */
export interface SnapshotPosition extends LogPosition {
  /** The cluster's servers as of the snapshot, and the index of the entry that said so. */
  readonly configuration: Configuration;
  readonly configurationIndex: number;
}

/** A complete snapshot in a store. */
export interface SnapshotMeta extends SnapshotPosition {
  /** Unique in its store: `<term>-<index>-<milliseconds since the epoch>`. */
  readonly id: string;
  readonly sizeBytes: number;
}

/** A snapshot being written. Nothing of it shows before `finish` resolves. */
export interface SnapshotSink {
  /** Resolves when more may be written. The sink owns the chunk. */
  write(chunk: Uint8Array): Promise<void>;
  /** Resolves when the snapshot is on stable storage, under its name; older ones beyond two go. */
  finish(): Promise<SnapshotMeta>;
  /** Drops what was written. */
  abort(): Promise<void>;
}

/** Durable snapshots of one server. */
export interface SnapshotStore {
  /** Complete snapshots, newest first; damaged ones are left out (and logged). */
  list(): Promise<readonly SnapshotMeta[]>;
  create(position: SnapshotPosition): Promise<SnapshotSink>;
  /**
   * The bytes of a snapshot, chunk by chunk; they stay readable while a reader is open even when
   * newer snapshots push the file out. The last chunk is given only if the checksum is right;
   * else the iteration throws MeshError `unavailable` naming the file.
   */
  read(id: string): AsyncIterable<Uint8Array>;
}
