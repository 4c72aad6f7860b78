import type { Socket } from 'node:net';
import type { Platform, Timer } from '@mesh/base';
import { HEADER_BYTES } from '@mesh/dns';
import type { Responder } from './responder.ts';

/** Longest query: EDNS options and signatures stay far below. */
const MAX_QUERY_BYTES = 4096;
/** Queries of one connection under way; then reading waits. */
const MAX_PIPELINED = 64;
/** Bytes of replies that a client has not taken yet; then reading waits. */
const MAX_UNSENT_BYTES = 256 * 1024;
const LENGTH_BYTES = 2;

export interface TcpConnectionOptions {
  readonly socket: Socket;
  readonly responder: () => Responder;
  readonly platform: Platform;
  /** A connection on which nothing moves for so long is closed. */
  readonly idleMs: number;
}

/**
 * Queries over one TCP connection (RFC 7766): pipelined, answered as soon as each is ready, each message
 * after its length. A client that sends what is no query is cut off; one that is slow is read no further.
 */
export class TcpConnection {
  private received: Buffer = Buffer.alloc(0);
  private underWay = 0;
  private hasEnded = false;
  private lastMoveMs: number;
  private timer: Timer | undefined;
  private readonly options: TcpConnectionOptions;

  constructor(options: TcpConnectionOptions) {
    this.options = options;
    this.lastMoveMs = options.platform.clock.monotonicMs();
    const { socket } = options;
    // A reset is followed by 'close', which is what counts.
    socket.on('error', () => {});
    socket.on('data', (chunk) => this.receive(chunk));
    socket.on('drain', () => {
      this.moved();
      this.proceed();
    });
    socket.on('end', () => {
      this.hasEnded = true;
      this.proceed();
    });
    socket.on('close', () => this.timer?.cancel());
    this.watchIdle();
  }

  destroy(): void {
    this.timer?.cancel();
    this.options.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    this.moved();
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    this.proceed();
  }

  /** Takes up what has been received, as far as the limits allow; then reads on, or waits. */
  private proceed(): void {
    const { socket } = this.options;
    if (socket.destroyed) return;
    while (!this.isFull()) {
      const query = this.nextQuery();
      if (!query) break;
      this.answer(query);
    }
    if (this.hasEnded && this.underWay === 0 && !this.isFull()) socket.end();
    else if (this.isFull()) socket.pause();
    else socket.resume();
  }

  private isFull(): boolean {
    return this.underWay >= MAX_PIPELINED || this.options.socket.writableLength > MAX_UNSENT_BYTES;
  }

  private nextQuery(): Uint8Array | undefined {
    if (this.received.length < LENGTH_BYTES) return undefined;
    const length = this.received.readUInt16BE(0);
    if (length < HEADER_BYTES || length > MAX_QUERY_BYTES) {
      this.destroy();
      return undefined;
    }
    const end = LENGTH_BYTES + length;
    if (this.received.length < end) return undefined;
    const query = this.received.subarray(LENGTH_BYTES, end);
    this.received = this.received.subarray(end);
    return query;
  }

  private answer(query: Uint8Array): void {
    const responder = this.options.responder();
    const ready = responder.cached(query, 'tcp');
    if (ready) {
      this.send(ready);
      return;
    }
    this.underWay++;
    void responder.respond(query, 'tcp').then((reply) => {
      this.underWay--;
      if (reply) this.send(reply);
      this.proceed();
    });
  }

  private send(reply: Uint8Array): void {
    const { socket } = this.options;
    if (socket.destroyed) return;
    this.moved();
    const frame = Buffer.allocUnsafe(LENGTH_BYTES + reply.length);
    frame.writeUInt16BE(reply.length, 0);
    frame.set(reply, LENGTH_BYTES);
    socket.write(frame);
  }

  private moved(): void {
    this.lastMoveMs = this.options.platform.clock.monotonicMs();
  }

  /** One timer a connection, set anew only when it fires. */
  private watchIdle(): void {
    const { platform, idleMs } = this.options;
    const idleForMs = platform.clock.monotonicMs() - this.lastMoveMs;
    if (idleForMs >= idleMs) this.destroy();
    else this.timer = platform.timers.after(idleMs - idleForMs, () => this.watchIdle());
  }
}
