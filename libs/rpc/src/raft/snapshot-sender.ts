import { MeshError } from '@mesh/base';
import type { SnapshotOffer, SnapshotOutcome } from '@mesh/raft';
import { type DialOptions, OutgoingStream } from '../stream/outgoing-stream.ts';
import { METHODS } from '../stream/protocol.ts';
import type { StreamEnd } from '../stream/stream-end.ts';
import {
  CHUNK_BYTES,
  decodeSnapshotFrame,
  encodeChunk,
  encodeEnd,
  encodeOffer,
} from './snapshot-codec.ts';

/**
 * Sends one snapshot on a stream and a connection of its own, no faster than the other end takes it.
 *
 * @throws MeshError `unavailable` when the connection cannot be made or breaks, `cancelled` when
 * `signal` aborts; whatever reading the chunks throws
 */
export async function sendSnapshot(
  address: string,
  dial: DialOptions,
  offer: SnapshotOffer,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<SnapshotOutcome> {
  if (signal.aborted) throw aborted();
  const transfer = openTransfer(address, dial, offer.from);
  const onAbort = () => transfer.fail(aborted());
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const sending = transfer.send(offer, chunks);
    // The follower may say no before it has everything; a failure of reading ends the transfer.
    sending.catch((error) => transfer.fail(MeshError.from(error)));
    return await transfer.outcome;
  } finally {
    signal.removeEventListener('abort', onAbort);
    transfer.close();
  }
}

function openTransfer(address: string, dial: DialOptions, from: string): Transfer {
  try {
    return new Transfer(address, dial, from);
  } catch (error) {
    throw new MeshError('unavailable', `snapshot to ${address}: ${MeshError.from(error).message}`);
  }
}

function aborted(): MeshError {
  return new MeshError('cancelled', 'sending the snapshot was cancelled');
}

class Transfer {
  readonly outcome: Promise<SnapshotOutcome>;
  private readonly stream: OutgoingStream;
  private settle!: (outcome: SnapshotOutcome) => void;
  private reject!: (error: MeshError) => void;
  private over: MeshError | undefined;
  private wakeWriter: (() => void) | undefined;

  constructor(address: string, dial: DialOptions, from: string) {
    this.outcome = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.reject = reject;
    });
    this.outcome.catch(() => undefined);
    const wake = () => this.wake();
    this.stream = new OutgoingStream(
      address,
      METHODS.snapshot,
      dial,
      {
        opened: wake,
        writable: wake,
        frame: (bytes) => this.answer(bytes),
        ended: (end) => this.ended(address, end),
      },
      { from },
    );
  }

  async send(offer: SnapshotOffer, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    await this.write(encodeOffer(offer));
    let totalBytes = 0;
    for await (const chunk of chunks) {
      totalBytes += chunk.length;
      for (let at = 0; at < chunk.length; at += CHUNK_BYTES) {
        await this.write(encodeChunk(chunk.subarray(at, at + CHUNK_BYTES)));
      }
    }
    await this.write(encodeEnd(totalBytes));
    this.stream.finish();
  }

  fail(error: MeshError): void {
    this.over ??= error;
    this.reject(error);
    this.wake();
    this.stream.close();
  }

  close(): void {
    this.over ??= new MeshError('cancelled', 'the transfer is over');
    this.wake();
    this.stream.close();
  }

  private async write(frame: Buffer): Promise<void> {
    while (!this.over && !this.stream.canWrite) {
      await new Promise<void>((resolve) => {
        this.wakeWriter = resolve;
      });
    }
    if (this.over) throw this.over;
    this.stream.write(frame);
  }

  private wake(): void {
    const wake = this.wakeWriter;
    this.wakeWriter = undefined;
    wake?.();
  }

  private answer(bytes: Buffer): void {
    try {
      const frame = decodeSnapshotFrame(bytes);
      if (frame.kind !== 'outcome') throw new MeshError('internal', 'not an outcome');
      this.settle(frame.outcome);
    } catch (error) {
      this.fail(MeshError.from(error));
    }
  }

  private ended(address: string, end: StreamEnd): void {
    this.fail(new MeshError('unavailable', `snapshot to ${address}: ${end.message}`));
  }
}
