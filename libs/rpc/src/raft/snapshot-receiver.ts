import { MeshError, type Metrics } from '@mesh/base';
import type { SnapshotOffer, TransportHandler } from '@mesh/raft';
import { malformed } from '../bytes/byte-reader.ts';
import type { IncomingStream } from '../stream/incoming-stream.ts';
import { decodeSnapshotFrame, encodeOutcome, type SnapshotFrame } from './snapshot-codec.ts';

/**
 * Takes one snapshot from a stream and answers with what became of it. Chunks are read no faster
 * than the handler takes them. Never rejects: what goes wrong ends the stream, with the reason.
 */
export async function receiveSnapshot(
  stream: IncomingStream,
  serverId: string,
  handler: TransportHandler,
  metrics: Metrics,
): Promise<void> {
  const frames = stream.frames()[Symbol.asyncIterator]();
  try {
    const first = await nextFrame(frames);
    if (first.kind !== 'offer') throw malformed('a snapshot starts with its offer');
    if (first.offer.to !== serverId) {
      metrics.count('raft.transport.misaddressed');
      throw new MeshError('invalid-argument', 'this snapshot is for another server');
    }
    const outcome = await handler.receiveSnapshot(first.offer, chunksOf(frames, first.offer));
    stream.write(encodeOutcome(outcome));
    stream.finish();
  } catch (error) {
    const { code, message } = MeshError.from(error);
    if (code === 'invalid-argument') metrics.count('rpc.malformed_frame');
    stream.refuse(code === 'invalid-argument' ? 'malformed' : 'failed', message);
  }
}

/** The snapshot's bytes; throws when they end before the sender said that they do. */
async function* chunksOf(
  frames: AsyncIterator<Buffer>,
  offer: SnapshotOffer,
): AsyncGenerator<Uint8Array> {
  let totalBytes = 0;
  for (;;) {
    const frame = await nextFrame(frames);
    if (frame.kind === 'end') {
      if (frame.totalBytes === totalBytes) return;
      throw malformed(`a snapshot of ${frame.totalBytes} bytes came as ${totalBytes}`);
    }
    if (frame.kind !== 'chunk') throw malformed('a snapshot is made of chunks');
    totalBytes += frame.bytes.length;
    if (totalBytes > offer.sizeBytes) {
      throw malformed(`a snapshot is longer than its ${offer.sizeBytes} bytes`);
    }
    yield frame.bytes;
  }
}

async function nextFrame(frames: AsyncIterator<Buffer>): Promise<SnapshotFrame> {
  const next = await frames.next().catch(() => ({ done: true }) as IteratorReturnResult<undefined>);
  if (next.done) throw new MeshError('unavailable', 'the sender of the snapshot went away');
  return decodeSnapshotFrame(next.value);
}
