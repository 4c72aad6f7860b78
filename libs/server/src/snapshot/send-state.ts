import { MeshError } from '@mesh/base';
import type { Rpc, WriteEndpoint, WriteOptions } from '@mesh/resource';
import type { RestoreEndpoints } from './endpoint.ts';

/** Size of a piece: what every server decodes within a few milliseconds. */
const PIECE_BYTES = 128 * 1024;
/** Pieces on their way at the same time. */
const WINDOW = 4;
/** How often what may be sent twice is sent, when its fate is not known. */
const ATTEMPTS = 5;

export interface StateToSend {
  /** Unique. */
  readonly id: string;
  readonly sizeBytes: number;
  readonly bytes: AsyncIterable<Uint8Array>;
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
  const window = new Window();
  let seq = 0;
  try {
    await write(endpoints.begin, { id, bytes: sizeBytes, chunks: count });
    for await (const data of inPieces(state.bytes)) {
      await window.add(write(endpoints.chunk, { id, seq, data }));
      seq++;
    }
    await window.empty();
  } catch (thrown) {
    await window.settled();
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

/** The same bytes in pieces of one size, but for the last. */
async function* inPieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    let rest = chunk;
    while (bytes + rest.length >= PIECE_BYTES) {
      const taken = rest.subarray(0, PIECE_BYTES - bytes);
      yield Buffer.concat([...parts, taken]);
      rest = rest.subarray(taken.length);
      parts = [];
      bytes = 0;
    }
    if (rest.length > 0) parts.push(rest);
    bytes += rest.length;
  }
  if (bytes > 0) yield Buffer.concat(parts);
}

/** A few writes at a time, in any order of their ends. */
class Window {
  private readonly open = new Set<Promise<unknown>>();

  /** Resolves when there is room for another. Rejects as the first of them does. */
  async add(work: Promise<unknown>): Promise<void> {
    const tracked = work.then(() => {
      this.open.delete(tracked);
    });
    tracked.catch(() => {});
    this.open.add(tracked);
    if (this.open.size >= WINDOW) await Promise.race(this.open);
  }

  async empty(): Promise<void> {
    await Promise.all(this.open);
  }

  /** None of them is under way any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.open);
  }
}
