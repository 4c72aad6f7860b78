import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import { assert } from '@mesh/base';
import { encodeSums } from './checksums.ts';
import { type ArchiveMeta, encodeMeta } from './meta.ts';
import { BLOCK_BYTES, encodeHeader, paddingOf } from './tar-header.ts';

export interface ArchiveContent {
  readonly meta: ArchiveMeta;
  /** The state: meta.Size bytes. */
  readonly state: AsyncIterable<Uint8Array>;
  /** Time that the files bear, milliseconds since the epoch. */
  readonly nowMs: number;
}

/** What the compressor gives out at once. */
const OUTPUT_BYTES = 64 * 1024;

/**
 * The bytes of a snapshot file, made as they are taken: a gzipped tar of meta.json, state.bin and
 * SHA256SUMS. Compression runs off the event loop. Throws what the state throws.
 */
export async function* writeArchive(content: ArchiveContent): AsyncGenerator<Buffer> {
  // The first level is nearly as good on names and numbers, and several times faster.
  const gzip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: OUTPUT_BYTES });
  pipeline(tarOf(content), gzip, () => {});
  try {
    yield* gzip as AsyncIterable<Buffer>;
  } finally {
    gzip.destroy();
  }
}

async function* tarOf({ meta, state, nowMs }: ArchiveContent): AsyncGenerator<Uint8Array> {
  const sums = new Map<string, string>();
  yield* wholeFile('meta.json', encodeMeta(meta), nowMs, sums);
  const name = 'state.bin';
  yield encodeHeader({ name, sizeBytes: meta.Size }, nowMs);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of state) {
    hash.update(chunk);
    bytes += chunk.length;
    yield chunk;
  }
  assert(bytes === meta.Size, `a state of ${meta.Size} bytes has ${bytes}`);
  yield Buffer.alloc(paddingOf(bytes));
  sums.set(name, hash.digest('hex'));
  yield* wholeFile('SHA256SUMS', Buffer.from(encodeSums(sums)), nowMs, new Map());
  // Two empty blocks are the end.
  yield Buffer.alloc(2 * BLOCK_BYTES);
}

function* wholeFile(
  name: string,
  content: Buffer,
  nowMs: number,
  sums: Map<string, string>,
): Generator<Uint8Array> {
  yield encodeHeader({ name, sizeBytes: content.length }, nowMs);
  yield content;
  yield Buffer.alloc(paddingOf(content.length));
  sums.set(name, createHash('sha256').update(content).digest('hex'));
}
