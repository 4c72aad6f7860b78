import type { Authorizer } from '@mesh/acl';
import { invalid, MeshError } from '@mesh/base';
import type { ReadEndpoint, WriteEndpoint } from '@mesh/resource';
import { abortEntry, beginEntry, chunkEntry, endEntry } from './commands.ts';
import {
  type AbortPayload,
  type BeginPayload,
  type ChunkPayload,
  type EndPayload,
  MAX_CHUNK_BYTES,
  MAX_CHUNKS,
  MAX_ID_LENGTH,
} from './types.ts';

const management = { check: { resource: 'acl', access: 'write', segment: 'none' } } as const;

/** Snapshots hold every secret: they need what changes the ACLs needs. */
const mayManage = {
  check: (authorizer: Authorizer) => authorizer.allows('acl', 'write', ''),
};

/** Largest state that is restored, bytes uncompressed, where nothing else is said. */
export const MAX_STATE_BYTES = 1024 * 1024 * 1024;

/** Index of the tables; reading it makes sure that they hold all that was committed. */
export const snapshotIndex: ReadEndpoint<null, number> = {
  kind: 'read',
  method: 'Snapshot.Index',
  acl: management,
  guard: mayManage,
  run: (view) => view.index,
};

/** A restore, piece by piece, as requests to the leader. */
export interface RestoreEndpoints {
  readonly begin: WriteEndpoint<BeginPayload, true>;
  readonly chunk: WriteEndpoint<ChunkPayload, true>;
  /** Answers the index from which the tables go on. */
  readonly end: WriteEndpoint<EndPayload, number>;
  readonly abort: WriteEndpoint<AbortPayload, boolean>;
}

/** The endpoints; what is larger than the limit of the leader is refused at its begin. */
export function restoreEndpoints(maxBytes: number): RestoreEndpoints {
  const write = { kind: 'write', acl: management, guard: mayManage } as const;
  return {
    begin: {
      ...write,
      method: 'Snapshot.Begin',
      prepare: ({ id, bytes, chunks }) => {
        requireId(id);
        requireWhole('bytes', bytes, Number.MAX_SAFE_INTEGER);
        requireWhole('chunks', chunks, MAX_CHUNKS);
        if (bytes > maxBytes) throw tooLarge(bytes, maxBytes);
        return { command: beginEntry, payload: { id, bytes, chunks } };
      },
    },
    chunk: {
      ...write,
      method: 'Snapshot.Chunk',
      prepare: ({ id, seq, size, data }) => {
        requireId(id);
        requireWhole('seq', seq, MAX_CHUNKS);
        requireWhole('size', size, MAX_CHUNK_BYTES);
        if (!(data instanceof Uint8Array)) throw invalid('snapshot restore: data is no bytes');
        if (data.length === 0 || data.length > MAX_CHUNK_BYTES) {
          const bounds = `1 to ${MAX_CHUNK_BYTES} are accepted`;
          throw invalid(`snapshot restore: a piece of ${data.length} bytes; ${bounds}`);
        }
        return { command: chunkEntry, payload: { id, seq, size, data } };
      },
    },
    end: {
      ...write,
      method: 'Snapshot.End',
      prepare: ({ id, count }) => {
        requireId(id);
        requireWhole('count', count, MAX_CHUNKS);
        return { command: endEntry, payload: { id, count } };
      },
    },
    abort: {
      ...write,
      method: 'Snapshot.Abort',
      prepare: ({ id }) => {
        requireId(id);
        return { command: abortEntry, payload: { id } };
      },
    },
  };
}

/** A state beyond the limit. */
export function tooLarge(bytes: number, maxBytes: number): MeshError {
  return new MeshError(
    'too-large',
    `the state in the snapshot has ${bytes} bytes; at most ${maxBytes} are restored`,
  );
}

function requireId(id: unknown): void {
  if (typeof id === 'string' && id !== '' && id.length <= MAX_ID_LENGTH && !id.includes('\0')) {
    return;
  }
  throw invalid(`snapshot restore: id must be a text of 1 to ${MAX_ID_LENGTH} characters`);
}

function requireWhole(name: string, value: unknown, max: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max) return;
  throw invalid(`snapshot restore: ${name} ${String(value)} is no whole number from 0 to ${max}`);
}
