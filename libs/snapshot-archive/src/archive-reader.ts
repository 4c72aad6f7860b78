import { createHash, type Hash } from 'node:crypto';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { invalid, MeshError } from '@mesh/base';
import { verifySums } from './checksums.ts';
import { type ArchiveMeta, decodeMeta } from './meta.ts';
import { TarReader } from './tar-reader.ts';

export interface ArchiveReaderOptions {
  /** Takes the state as it comes; nothing of it is verified before the whole is. */
  readonly onState?: (chunk: Buffer) => void | Promise<void>;
  /** Largest state, bytes uncompressed. @default 1 GiB */
  readonly maxStateBytes?: number;
}

const DEFAULT_MAX_STATE_BYTES = 1024 * 1024 * 1024;
/** The small files of an archive, bytes. */
const MAX_SMALL_BYTES = 256 * 1024;
/** Headers, padding and what may stand behind the end, bytes. */
const MAX_FRAME_BYTES = 64 * 1024;

const STATE = 'state.bin';
const META = 'meta.json';
const SUMS = 'SHA256SUMS';

/**
 * Reads a snapshot file to its end and verifies all of it. Memory is bounded whatever the bytes are,
 * and the work by maxStateBytes. Rejects with MeshError: `invalid-argument` for what is no whole
 * snapshot, `too-large` for one beyond the limit, and whatever source or onState throw.
 */
export async function readArchive(
  source: AsyncIterable<Uint8Array>,
  options: ArchiveReaderOptions = {},
): Promise<ArchiveMeta> {
  const gunzip = createGunzip();
  const input = new CountedInput(source);
  // A failure of the source reaches the loop below through the stream.
  pipeline(input.bytes(), gunzip, () => {});
  const contents = new Contents(options);
  try {
    for await (const chunk of gunzip) await contents.push(chunk as Buffer);
  } catch (thrown) {
    throw input.failure ?? (contents.hasEnded ? bytesBehind() : gunzipError(thrown, input));
  } finally {
    gunzip.destroy();
  }
  if (input.count > gunzip.bytesWritten) throw bytesBehind();
  return contents.finish();
}

/** The compressed bytes, counted; tells a failure of their source from one of theirs. */
class CountedInput {
  count = 0;
  failure: unknown;
  private readonly source: AsyncIterable<Uint8Array>;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.source = source;
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.source) {
        this.count += chunk.length;
        yield chunk;
      }
    } catch (thrown) {
      this.failure = thrown;
      throw thrown;
    }
  }
}

function gunzipError(thrown: unknown, input: CountedInput): unknown {
  const { code = '', message } = thrown as NodeJS.ErrnoException;
  if (thrown instanceof MeshError || !code.startsWith('Z_')) return thrown;
  if (code === 'Z_BUF_ERROR') {
    return invalid(
      input.count === 0
        ? 'failed to decompress snapshot: EOF'
        : `failed to read snapshot: unexpected EOF after ${input.count} bytes`,
    );
  }
  const why = message === 'incorrect header check' ? 'invalid header' : message;
  return invalid(`failed to decompress snapshot: gzip: ${why}`);
}

function bytesBehind(): MeshError {
  return invalid('failed to read snapshot: there are bytes behind its end');
}

interface OpenFile {
  readonly name: string;
  readonly hash: Hash;
  /** Undefined for the state, which is handed on. */
  readonly kept: Buffer[] | undefined;
}

/** The files of an archive, in whatever order. */
class Contents {
  private readonly tar = new TarReader();
  private readonly sums = new Map<string, string>();
  private readonly small = new Map<string, Buffer>();
  private readonly onState: (chunk: Buffer) => void | Promise<void>;
  private readonly maxStateBytes: number;
  private open: OpenFile | undefined;
  private stateBytes = 0;
  private totalBytes = 0;
  /** Sizes of all files so far. */
  private fileBytes = 0;

  constructor({ onState = () => {}, maxStateBytes }: ArchiveReaderOptions) {
    this.onState = onState;
    this.maxStateBytes = maxStateBytes ?? DEFAULT_MAX_STATE_BYTES;
  }

  /** All files are read. */
  get hasEnded(): boolean {
    return this.tar.hasEnded;
  }

  async push(chunk: Buffer): Promise<void> {
    this.totalBytes += chunk.length;
    for (const piece of this.tar.push(chunk)) {
      if (piece.kind === 'file') this.begin(piece.name, piece.sizeBytes);
      else if (piece.kind === 'file-end') this.endFile();
      else await this.data(piece.bytes);
    }
    if (this.totalBytes > this.fileBytes + MAX_FRAME_BYTES) throw bytesBehind();
  }

  finish(): ArchiveMeta {
    this.tar.end();
    for (const name of [META, STATE, SUMS]) {
      if (!this.sums.has(name)) throw invalid(`failed to read snapshot: it has no ${name}`);
    }
    const listed = this.small.get(SUMS)!.toString('latin1');
    this.sums.delete(SUMS);
    verifySums(listed, this.sums);
    const meta = decodeMeta(this.small.get(META)!);
    if (meta.Size === this.stateBytes) return meta;
    throw invalid(
      `failed to read snapshot: ${STATE} has ${this.stateBytes} bytes, ${META} says ${meta.Size}`,
    );
  }

  private begin(name: string, sizeBytes: number): void {
    if (name !== META && name !== STATE && name !== SUMS) {
      throw invalid(`failed to read snapshot: unexpected file ${JSON.stringify(name)} in it`);
    }
    if (this.sums.has(name)) throw invalid(`failed to read snapshot: ${name} twice in it`);
    const maxBytes = name === STATE ? this.maxStateBytes : MAX_SMALL_BYTES;
    if (sizeBytes > maxBytes) {
      const text = `the snapshot's ${name} has ${sizeBytes} bytes; at most ${maxBytes} are accepted`;
      throw new MeshError('too-large', text);
    }
    if (name === STATE) this.stateBytes = sizeBytes;
    this.fileBytes += sizeBytes;
    const kept = name === STATE ? undefined : [];
    this.open = { name, hash: createHash('sha256'), kept };
  }

  private async data(bytes: Buffer): Promise<void> {
    const { hash, kept } = this.open!;
    hash.update(bytes);
    if (kept) kept.push(Buffer.from(bytes));
    else await this.onState(bytes);
  }

  private endFile(): void {
    const { name, hash, kept } = this.open!;
    this.sums.set(name, hash.digest('hex'));
    if (kept) this.small.set(name, Buffer.concat(kept));
    this.open = undefined;
  }
}
