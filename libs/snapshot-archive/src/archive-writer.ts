import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream';
import { constants, createGzip, gzipSync } from 'node:zlib';
import { encodeSums } from './checksums.ts';
import { type ArchiveMeta, encodeMeta } from './meta.ts';
import type { Spool } from './spool.ts';
import { BLOCK_BYTES, encodeHeader, paddingOf } from './tar-header.ts';

export interface ArchiveContent {
  /** Walked once, to its end before anything is given out. */
  readonly state: AsyncIterable<Uint8Array>;
  /** Keeps the compressed state meanwhile; empty, and disposed of by the caller. */
  readonly spool: Spool;
  /** The description of the state, once its size is known. */
  describe(sizeBytes: number): ArchiveMeta;
  /** Time that the files bear, milliseconds since the epoch. */
  readonly nowMs: number;
}

/** What the compressor gives out at once. */
const OUTPUT_BYTES = 64 * 1024;
// The first level is nearly as good on names and numbers, and several times faster.
const COMPRESSION = { level: constants.Z_BEST_SPEED, chunkSize: OUTPUT_BYTES };

/**
 * The bytes of a snapshot file: a gzipped tar of meta.json, state.bin and SHA256SUMS. Sizes stand in
 * front of contents, so the state is compressed before they are known; hence three members (RFC 1952,
 * section 2.2): what stands before it, the state, what follows. Compression runs off the event loop.
 * Throws what the state throws.
 */
export async function* writeArchive(content: ArchiveContent): AsyncGenerator<Uint8Array> {
  const { spool, nowMs } = content;
  const { sizeBytes, sum } = await compressState(content.state, spool);
  const described = encodeMeta(content.describe(sizeBytes));
  const sums = new Map([
    ['meta.json', createHash('sha256').update(described).digest('hex')],
    ['state.bin', sum],
  ]);
  yield gzipSync(
    Buffer.concat([
      ...wholeFile('meta.json', described, nowMs),
      encodeHeader({ name: 'state.bin', sizeBytes }, nowMs),
    ]),
  );
  yield* spool.read();
  yield gzipSync(
    Buffer.concat([
      Buffer.alloc(paddingOf(sizeBytes)),
      ...wholeFile('SHA256SUMS', Buffer.from(encodeSums(sums)), nowMs),
      // Two empty blocks are the end.
      Buffer.alloc(2 * BLOCK_BYTES),
    ]),
  );
}

interface CompressedState {
  /** Uncompressed. */
  readonly sizeBytes: number;
  /** SHA-256 of it, uncompressed. */
  readonly sum: string;
}

async function compressState(
  state: AsyncIterable<Uint8Array>,
  spool: Spool,
): Promise<CompressedState> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const observed = (async function* () {
    for await (const chunk of state) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      yield chunk;
    }
  })();
  const gzip = createGzip(COMPRESSION);
  pipeline(observed, gzip, () => {});
  try {
    for await (const chunk of gzip) await spool.write(chunk as Buffer);
  } finally {
    gzip.destroy();
  }
  return { sizeBytes, sum: hash.digest('hex') };
}

function wholeFile(name: string, content: Buffer, nowMs: number): readonly Buffer[] {
  const header = encodeHeader({ name, sizeBytes: content.length }, nowMs);
  return [header, content, Buffer.alloc(paddingOf(content.length))];
}
