import { promisify } from 'node:util';
import { constants, deflateRaw } from 'node:zlib';
import { assert, MeshError } from '@mesh/base';
import type { Rpc, WriteEndpoint, WriteOptions } from '@mesh/resource';
import type { RestoreEndpoints } from './endpoint.ts';

/** Size of a piece, uncompressed: what every server decodes in a millisecond or two. */
const PIECE_BYTES = 64 * 1024;
/** Pieces on their way at the same time. */
const WINDOW = 8;
/** How often what may be sent twice is sent, when its fate is not known. */
const ATTEMPTS = 5;

const compress = promisify(deflateRaw);
const COMPRESSION = { level: constants.Z_BEST_SPEED };

export interface StateToSend {
  /** Unique. */
  readonly id: string;
  readonly sizeBytes: number;
  /** Pushes all of it, in order; each push resolves when there is room for more. */
  feed(push: (chunk: Uint8Array) => Promise<void>): Promise<unknown>;
}

/**
 * Restores a state through the log: begin, pieces, end. Returns the index from which the tables go
 * on. Rejects with MeshError, and then has taken back what it had begun; `unknown-outcome` when it is
 * not known whether the end took effect.
 */
export async function sendState(
  rpc: Pick<Rpc, 'write'>,
  endpoints: RestoreEndpoints,
  state: StateToSend,
  options: WriteOptions,
): Promise<number> {
  const { id, sizeBytes } = state;
  const count = Math.ceil(sizeBytes / PIECE_BYTES);
  const write = <A, R>(endpoint: WriteEndpoint<A, R>, args: A) =>
    again(() => rpc.write(endpoint, args, options));
  const pieces = new Pieces(async (seq, bytes) => {
    const data = await compress(bytes, COMPRESSION);
    await write(endpoints.chunk, { id, seq, size: bytes.length, data });
  });
  try {
    await write(endpoints.begin, { id, bytes: sizeBytes, chunks: count });
    await state.feed((chunk) => pieces.push(chunk));
    await pieces.finish();
    assert(pieces.sent === count, `a state of ${sizeBytes} bytes has ${count} pieces`);
  } catch (thrown) {
    await pieces.settled();
    // It is of no use to anybody; the next begin would drop it as well.
    await rpc.write(endpoints.abort, { id }, options).catch(() => false);
    throw thrown;
  }
  return rpc.write(endpoints.end, { id, count }, options);
}

/** Sends what does no harm twice again while nobody knows whether it arrived. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      const isUnknown = thrown instanceof MeshError && thrown.code === 'unknown-outcome';
      if (!isUnknown || attempt === ATTEMPTS) throw thrown;
    }
  }
}

/** Cuts bytes into pieces of one size, but for the last, and has a few of them sent at a time. */
class Pieces {
  /** Pieces that were cut. */
  sent = 0;
  private readonly send: (seq: number, bytes: Buffer) => Promise<void>;
  private readonly open = new Set<Promise<void>>();
  private parts: Uint8Array[] = [];
  private bytes = 0;

  constructor(send: (seq: number, bytes: Buffer) => Promise<void>) {
    this.send = send;
  }

  /** Resolves when there is room for more; rejects when a piece could not be sent. */
  async push(chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    while (this.bytes + rest.length >= PIECE_BYTES) {
      const taken = rest.subarray(0, PIECE_BYTES - this.bytes);
      rest = rest.subarray(taken.length);
      this.parts.push(taken);
      await this.cut();
    }
    if (rest.length > 0) this.parts.push(rest);
    this.bytes += rest.length;
  }

  /** Resolves when all is sent. */
  async finish(): Promise<void> {
    if (this.bytes > 0) await this.cut();
    await Promise.all(this.open);
  }

  /** Resolves when nothing is under way any more, however it ended. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.open);
  }

  private async cut(): Promise<void> {
    const piece = Buffer.concat(this.parts);
    this.parts = [];
    this.bytes = 0;
    const sending = this.send(this.sent++, piece).then(() => {
      this.open.delete(sending);
    });
    sending.catch(() => {});
    this.open.add(sending);
    if (this.open.size >= WINDOW) await Promise.race(this.open);
  }
}
