import { MeshError } from '@mesh/base';
import type { Message } from '@mesh/raft';
import { type Backoff, LASTING_MS } from '../stream/backoff.ts';
import {
  type DialOptions,
  type OutgoingEvents,
  OutgoingStream,
} from '../stream/outgoing-stream.ts';
import {
  MAX_FRAME_BYTES,
  MAX_FRAME_ITEMS,
  METHODS,
  TARGET_FRAME_BYTES,
} from '../stream/protocol.ts';
import type { StreamEnd } from '../stream/stream-end.ts';
import { encodeMessages, MAX_ENTRIES, messageBound } from './message-codec.ts';

/** Room in a frame for the ids of both ends. */
const MAX_HEAD_BYTES = 4096;

/** What one path to a peer is made of. */
export interface PeerPathParts {
  readonly path: 'control' | 'bulk';
  readonly serverId: string;
  readonly peerId: string;
  readonly address: string;
  readonly dial: DialOptions;
  readonly backoff: Backoff;
  readonly monotonicMs: () => number;
  readonly maxMessages: number;
  readonly maxBytes: number;
  /** A message was dropped: the queue is full, or there is no connection. */
  readonly dropped: () => void;
  readonly opened: () => void;
  readonly ended: (end: StreamEnd) => void;
}

/** One-way stream of messages to a peer, with its queue. Reconnects when there is something to send. */
export class PeerPath implements OutgoingEvents {
  private readonly parts: PeerPathParts;
  private stream: OutgoingStream | undefined;
  private queue: Message[] = [];
  private queuedBytes = 0;
  private scheduled = false;
  private openedAtMs: number | undefined;
  private closed = false;

  constructor(parts: PeerPathParts) {
    this.parts = parts;
  }

  send(message: Message): void {
    this.connect();
    const bytes = messageBound(message);
    const { maxMessages, maxBytes } = this.parts;
    // A queue that is empty takes a message of any size: else it would never go.
    const full =
      this.queue.length >= maxMessages ||
      bytes > MAX_FRAME_BYTES - MAX_HEAD_BYTES ||
      (this.queue.length > 0 && this.queuedBytes + bytes > maxBytes);
    if (!this.stream || full) {
      this.parts.dropped();
      return;
    }
    this.queue.push(message);
    this.queuedBytes += bytes;
    if (this.scheduled || !this.stream.canWrite) return;
    this.scheduled = true;
    // After the step that sends: all it says to this peer goes in one frame, without a turn's delay.
    process.nextTick(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  /** Opens the stream, unless it is open or it is too soon after a failure. */
  connect(): void {
    if (this.stream || this.closed) return;
    const { address, path, dial, serverId, peerId, backoff, monotonicMs } = this.parts;
    if (!backoff.ready(monotonicMs())) return;
    try {
      const ends = { from: serverId, to: peerId };
      this.stream = new OutgoingStream(address, METHODS[path], dial, this, ends);
    } catch (error) {
      // An address that cannot be one, or keys that cannot be used.
      this.ended({ kind: 'unreachable', message: MeshError.from(error).message });
    }
  }

  /** The peer shows signs of life. */
  wake(): void {
    if (this.stream) return;
    this.parts.backoff.reset();
    this.connect();
  }

  close(): void {
    this.closed = true;
    this.stream?.close();
  }

  opened(): void {
    this.openedAtMs = this.parts.monotonicMs();
    this.parts.opened();
    this.flush();
  }

  writable(): void {
    this.flush();
  }

  /** Nothing comes back on these streams. */
  frame(): void {
    this.stream?.close();
  }

  ended(end: StreamEnd): void {
    const nowMs = this.parts.monotonicMs();
    // A connection that lasted is no reason to wait before the next one.
    if (this.openedAtMs !== undefined && nowMs - this.openedAtMs >= LASTING_MS) {
      this.parts.backoff.reset();
    }
    this.parts.backoff.failed(nowMs);
    this.openedAtMs = undefined;
    this.stream = undefined;
    for (let left = this.queue.length; left > 0; left -= 1) this.parts.dropped();
    this.queue = [];
    this.queuedBytes = 0;
    this.parts.ended(end);
  }

  private flush(): void {
    while (this.queue.length > 0 && this.stream?.canWrite) {
      const count = this.frameLength();
      const batch = this.queue.splice(0, count);
      for (const message of batch) this.queuedBytes -= messageBound(message);
      this.stream.write(encodeMessages(this.parts.serverId, this.parts.peerId, batch));
    }
  }

  /** How many messages make the next frame. */
  private frameLength(): number {
    let bytes = 0;
    let entries = 0;
    let count = 0;
    for (const message of this.queue) {
      bytes += messageBound(message);
      entries += message.kind === 'append' ? message.entries.length : 0;
      const full = bytes > TARGET_FRAME_BYTES || entries > MAX_ENTRIES;
      if (count > 0 && (full || count >= MAX_FRAME_ITEMS)) break;
      count += 1;
    }
    return count;
  }
}
