import type { Socket } from 'node:net';
import { MeshError, type Metrics, type Timer, type Timers } from '@mesh/base';
import {
  decodeStream,
  encodeStream,
  type GossipAddress,
  type GossipReceiver,
  type StreamMessage,
} from '@mesh/gossip';
import type { DropLog } from './drop-log.ts';
import { LINGER_MS } from './limits.ts';
import type { PoolCipher } from './pool-cipher.ts';
import { type Assembled, StreamAssembler } from './stream-assembler.ts';
import type { StreamBudget } from './stream-budget.ts';
import type { TurnQueue } from './turn-queue.ts';

/** What streams of both directions need. */
export interface StreamParts {
  readonly cipher: PoolCipher;
  readonly compression: boolean;
  readonly metrics: Metrics;
  readonly timers: Timers;
  readonly drops: DropLog;
  readonly turns: TurnQueue;
  /** Deadline for the whole request, and again for the whole reply, milliseconds. */
  readonly timeoutMs: number;
  readonly budget: StreamBudget;
}

/** Requests begin so; anything else is closed without a word (gossip-wire.md section 3). */
const PING = 0;
const USER = 8;
const REQUEST_TYPES: ReadonlySet<number> = new Set([PING, 6, USER, 9, 10]);

/** A connection that another member opened: one request, at most one reply. */
export class InboundStream {
  private readonly socket: Socket;
  private readonly from: GossipAddress;
  private readonly parts: StreamParts;
  private readonly receiver: Pick<GossipReceiver, 'stream'>;
  private readonly assembler: StreamAssembler;
  private state: 'reading' | 'working' | 'replying' | 'closed' = 'reading';
  private timer: Timer;
  private bufferedBytes = 0;
  private isPushPull = false;

  /** The connection must not close by itself when the other end is done writing. */
  constructor(
    socket: Socket,
    from: GossipAddress,
    parts: StreamParts,
    receiver: Pick<GossipReceiver, 'stream'>,
  ) {
    this.socket = socket;
    this.from = from;
    this.parts = parts;
    this.receiver = receiver;
    this.assembler = new StreamAssembler(parts.cipher);
    this.timer = this.deadline(parts.timeoutMs, 'closed streams that took too long');
    socket.on('data', (piece) => this.received(piece));
    socket.on('end', () => {
      if (this.state === 'reading') this.close();
    });
    socket.on('error', () => this.close());
    socket.on('close', () => this.close());
  }

  /** Ends it at once, whatever it is at. */
  close(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.timer.cancel();
    this.release();
    this.socket.destroy();
  }

  private received(piece: Uint8Array): void {
    // What comes after the request is read and forgotten: left unread it would reset the connection, and
    // with it the reply.
    if (this.state !== 'reading') return;
    try {
      this.admit(piece);
      const assembled = this.assembler.push(piece);
      if (!assembled) return;
      this.state = 'working';
      this.parts.turns.add(() => this.answer(assembled));
    } catch (error) {
      this.refuse(error);
    }
  }

  private admit(piece: Uint8Array): void {
    const { budget } = this.parts;
    const isFirst = this.bufferedBytes === 0;
    this.bufferedBytes += piece.length;
    if (!budget.buffer(piece.length)) throw new MeshError('too-large', 'too many bytes wait');
    if (!isFirst || piece[0] === PING || piece[0] === USER) return;
    // Whatever may turn out to carry a state.
    this.isPushPull = budget.enterPushPull();
    if (!this.isPushPull) {
      throw new MeshError('rate-limited', 'Too many pending push/pull requests');
    }
  }

  private answer(assembled: Assembled): void {
    if (this.state !== 'working') return;
    let message: StreamMessage;
    try {
      message = decodeStream(assembled.open());
    } catch (error) {
      this.refuse(error);
      return;
    }
    const reply = this.receiver.stream(message, this.from);
    if (reply) this.reply(reply);
    else this.finish();
  }

  /** Says why, where the other end can understand it. */
  private refuse(thrown: unknown): void {
    const { code, message } = MeshError.from(thrown);
    this.parts.drops.dropped('refused streams', this.from.host, thrown);
    const type = this.assembler.firstByte;
    const isRequest = type !== undefined && REQUEST_TYPES.has(type);
    if (isRequest && code === 'invalid-argument') this.reply({ kind: 'error', error: message });
    else this.close();
  }

  private reply(message: StreamMessage): void {
    const { cipher, compression, metrics } = this.parts;
    const bytes = cipher.sealStream(encodeStream(message, compression));
    metrics.count('memberlist.tcp.sent', bytes.length);
    this.finish(bytes);
  }

  /** Closes our side after the last byte; the other end closes its own, or time does. */
  private finish(bytes: Uint8Array = new Uint8Array(0)): void {
    this.state = 'replying';
    this.release();
    this.timer.cancel();
    this.timer = this.deadline(this.parts.timeoutMs, 'closed streams that took too long');
    this.socket.end(bytes, () => {
      this.timer.cancel();
      if (this.state === 'closed') return;
      this.timer = this.parts.timers.after(LINGER_MS, () => this.close());
    });
  }

  private deadline(timeoutMs: number, reason: string): Timer {
    return this.parts.timers.after(timeoutMs, () => {
      this.parts.drops.dropped(reason, this.from.host);
      // Else the system would keep what is unsent, and go on trying.
      this.socket.resetAndDestroy();
      this.close();
    });
  }

  private release(): void {
    this.parts.budget.release(this.bufferedBytes);
    this.bufferedBytes = 0;
    if (this.isPushPull && this.state === 'closed') {
      this.parts.budget.leavePushPull();
      this.isPushPull = false;
    }
  }
}
