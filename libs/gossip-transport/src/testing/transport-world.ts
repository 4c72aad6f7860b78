import { connect, type Socket } from 'node:net';
import { type Metrics, silentLogger } from '@mesh/base';
import type { GossipAddress, GossipReceiver, StreamMessage } from '@mesh/gossip';
import { type GossipTransportOptions, NodeGossipTransport } from '../node-gossip-transport.ts';
import { realClock, realTimers } from './real-timers.ts';

/** A transport and all that it received. */
export interface Ear {
  readonly transport: NodeGossipTransport;
  readonly address: GossipAddress;
  readonly packets: Uint8Array[];
  readonly senders: GossipAddress[];
  readonly streams: StreamMessage[];
  /** Name of a counter -> its sum. */
  readonly counts: Map<string, number>;
  /** What streams are answered with. */
  answer: GossipReceiver['stream'];
}

/** Real transports on loopback, and raw connections to them; `close` ends all. */
export class TransportWorld {
  private readonly ears: Ear[] = [];
  private readonly sockets: Socket[] = [];

  async listen(options: Partial<GossipTransportOptions> = {}): Promise<Ear> {
    const counts = new Map<string, number>();
    const metrics: Metrics = {
      count: (name, value = 1) => void counts.set(name, (counts.get(name) ?? 0) + value),
      gauge() {},
      sample() {},
    };
    const transport = new NodeGossipTransport({
      bindAddress: '127.0.0.1',
      port: 0,
      verifyIncoming: true,
      verifyOutgoing: true,
      compression: false,
      logger: silentLogger,
      metrics,
      timers: realTimers,
      clock: realClock,
      ...options,
    });
    const packets: Uint8Array[] = [];
    const senders: GossipAddress[] = [];
    const streams: StreamMessage[] = [];
    let answer: GossipReceiver['stream'] = () => undefined;
    await transport.start({
      packet(bytes, from) {
        packets.push(bytes);
        senders.push(from);
      },
      stream(message, from) {
        streams.push(message);
        return answer(message, from);
      },
    });
    const host = options.bindAddress?.includes(':') ? '::1' : '127.0.0.1';
    const ear: Ear = {
      ...{ transport, packets, senders, streams, counts },
      address: { host, port: transport.port! },
      get answer() {
        return answer;
      },
      set answer(next) {
        answer = next;
      },
    };
    this.ears.push(ear);
    return ear;
  }

  /** A raw connection and what comes back on it. */
  dial({ host, port }: GossipAddress): RawStream {
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
    this.sockets.push(socket);
    return new RawStream(socket);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(this.ears.map(({ transport }) => transport.stop()));
  }
}

/** A connection that a test writes to byte by byte. */
export class RawStream {
  readonly socket: Socket;
  readonly pieces: Buffer[] = [];
  /** Resolves with all that came once the other side has closed, however. */
  readonly ended: Promise<Buffer>;
  isOpen = true;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (piece) => this.pieces.push(piece));
    this.ended = new Promise((resolve) => {
      const done = () => {
        this.isOpen = false;
        resolve(Buffer.concat(this.pieces));
      };
      socket.on('error', done).on('end', done).on('close', done);
    });
  }

  write(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }
}
