import { connect, type Socket } from 'node:net';
import { MeshError } from '@mesh/base';
import {
  decodeStream,
  encodeStream,
  formatAddress,
  type GossipAddress,
  type StreamMessage,
} from '@mesh/gossip';
import type { StreamParts } from './inbound-stream.ts';
import { LINGER_MS, MAX_EXCHANGES } from './limits.ts';
import { type Assembled, StreamAssembler } from './stream-assembler.ts';

export type DialerParts = Pick<
  StreamParts,
  'cipher' | 'compression' | 'metrics' | 'timers' | 'turns'
>;

export interface ExchangeOptions {
  /** For all of it: connection, request, reply. */
  readonly timeoutMs: number;
  /** Whether an answer is awaited. */
  readonly reply: boolean;
}

/** The TCP half of a transport, as far as we open connections. */
export class StreamDialer {
  private readonly parts: DialerParts;
  private readonly exchanges = new Set<OutboundStream>();
  private isClosed = false;

  constructor(parts: DialerParts) {
    this.parts = parts;
  }

  /** As GossipTransport.exchange. */
  async exchange(
    to: GossipAddress,
    message: StreamMessage,
    options: ExchangeOptions,
  ): Promise<StreamMessage | undefined> {
    if (this.isClosed) throw new MeshError('unavailable', 'the gossip transport is closed');
    if (this.exchanges.size >= MAX_EXCHANGES) {
      throw new MeshError('unavailable', 'too many exchanges with other members at once');
    }
    const { cipher, compression } = this.parts;
    const bytes = cipher.sealStream(encodeStream(message, compression));
    const exchange = new OutboundStream(to, this.parts);
    this.exchanges.add(exchange);
    try {
      return await exchange.run(bytes, options);
    } finally {
      this.exchanges.delete(exchange);
    }
  }

  /** Breaks off what is under way. */
  close(): void {
    this.isClosed = true;
    for (const exchange of this.exchanges) exchange.abort();
  }
}

/** One exchange. */
class OutboundStream {
  private readonly to: GossipAddress;
  private readonly parts: DialerParts;
  private readonly assembler: StreamAssembler;
  private socket: Socket | undefined;
  private fail: (error: MeshError) => void = () => {};

  constructor(to: GossipAddress, parts: DialerParts) {
    this.to = to;
    this.parts = parts;
    this.assembler = new StreamAssembler(parts.cipher);
  }

  abort(): void {
    this.fail(this.unavailable('the gossip transport is closed'));
  }

  async run(bytes: Uint8Array, options: ExchangeOptions): Promise<StreamMessage | undefined> {
    const { metrics, timers } = this.parts;
    const { timeoutMs } = options;
    metrics.count('memberlist.tcp.connect');
    const timer = timers.after(timeoutMs, () => this.fail(this.unavailable('i/o timeout')));
    try {
      return await new Promise<StreamMessage | undefined>((resolve, reject) => {
        this.fail = reject;
        this.begin(bytes, options.reply, resolve);
      });
    } finally {
      timer.cancel();
      this.end(options.reply);
    }
  }

  private begin(
    bytes: Uint8Array,
    wantsReply: boolean,
    resolve: (reply: StreamMessage | undefined) => void,
  ): void {
    const { host, port } = this.to;
    // A port out of range throws instead of failing later.
    if (port === 0) throw this.unavailable('it has no port');
    const socket = connect({ host, port, noDelay: true, allowHalfOpen: wantsReply });
    this.socket = socket;
    socket.on('error', (cause) => this.fail(this.unavailable(cause.message, cause)));
    socket.on('end', () => this.fail(this.unavailable('it closed the connection')));
    socket.on('close', () => this.fail(this.unavailable('it closed the connection')));
    socket.once('connect', () => {
      this.parts.metrics.count('memberlist.tcp.sent', bytes.length);
      if (wantsReply) socket.write(bytes);
      else socket.end(bytes, () => resolve(undefined));
    });
    let isComplete = false;
    socket.on('data', (piece) => {
      if (isComplete || !wantsReply) return;
      try {
        const assembled = this.assembler.push(piece);
        if (!assembled) return;
        isComplete = true;
        // Closing is no failure any more.
        socket.removeAllListeners('end').removeAllListeners('close');
        this.parts.turns.add(() => this.decode(assembled, resolve));
      } catch (thrown) {
        this.fail(this.nonsense(thrown));
      }
    });
  }

  private decode(assembled: Assembled, resolve: (reply: StreamMessage) => void): void {
    try {
      const reply = decodeStream(assembled.open());
      if (reply.kind !== 'error') resolve(reply);
      else this.fail(this.nonsense(new MeshError('invalid-argument', reply.error)));
    } catch (thrown) {
      this.fail(this.nonsense(thrown));
    }
  }

  private end(hadReply: boolean): void {
    const { socket, parts } = this;
    if (!socket) return;
    this.fail = () => {};
    if (hadReply || !socket.writableFinished) {
      socket.destroy();
      return;
    }
    // The other end may still be reading what has no answer.
    const timer = parts.timers.after(LINGER_MS, () => socket.destroy());
    socket.once('close', () => timer.cancel());
  }

  private unavailable(reason: string, cause?: unknown): MeshError {
    const address = formatAddress(this.to);
    return new MeshError('unavailable', `no exchange with ${address}: ${reason}`, { cause });
  }

  private nonsense(thrown: unknown): MeshError {
    const { message } = MeshError.from(thrown);
    return new MeshError('invalid-argument', `remote error: ${message}`, { cause: thrown });
  }
}
