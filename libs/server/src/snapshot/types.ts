/** Announces a restore; one that was under way is dropped. */
export interface BeginPayload {
  /** Unique: who lost the answer may send the same again. */
  readonly id: string;
  /** Of all pieces together, uncompressed. */
  readonly bytes: number;
  readonly chunks: number;
}

/** A piece, in any order; the same piece again does no harm. */
export interface ChunkPayload {
  readonly id: string;
  /** From 0. */
  readonly seq: number;
  /** Bytes that the piece has uncompressed. */
  readonly size: number;
  /** Compressed (RFC 1951): logs, snapshots of logs and networks carry a tenth. */
  readonly data: Uint8Array;
}

/** All pieces are there: the state in them takes the place of everything. */
export interface EndPayload {
  readonly id: string;
  /** Pieces sent. */
  readonly count: number;
}

export interface AbortPayload {
  readonly id: string;
}

/** Largest piece, bytes uncompressed, and compressed: well within what one log entry may hold. */
export const MAX_CHUNK_BYTES = 256 * 1024;

/** Most pieces of one restore. */
export const MAX_CHUNKS = 1_048_576;

/** Longest id, characters. */
export const MAX_ID_LENGTH = 64;
