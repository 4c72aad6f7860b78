import type { Clock, Logger, Metrics, Timers } from '@mesh/base';
import { MeshError } from '@mesh/base';
import {
  type GossipAddress,
  type GossipReceiver,
  type GossipTransport,
  parseIp,
  type StreamMessage,
} from '@mesh/gossip';
import { DropLog } from './drop-log.ts';
import type { StreamParts } from './inbound-stream.ts';
import type { Keyring } from './keyring.ts';
import { LINGER_MS, STREAM_TIMEOUT_MS } from './limits.ts';
import { PacketInbox } from './packet-inbox.ts';
import { PacketSocket } from './packet-socket.ts';
import { PoolCipher } from './pool-cipher.ts';
import { SourceFilter } from './source-filter.ts';
import { StreamBudget } from './stream-budget.ts';
import { type ExchangeOptions, StreamDialer } from './stream-dialer.ts';
import { StreamListener } from './stream-listener.ts';
import { TurnQueue } from './turn-queue.ts';

export interface GossipTransportOptions {
  /** IP address to listen at; `0.0.0.0` or `::` for all. */
  readonly bindAddress: string;
  /** UDP and TCP; 0 lets the system choose. */
  readonly port: number;
  /** @default no encryption */
  readonly keyring?: Keyring;
  /** Whether what is not encrypted is refused, where there is a keyring. */
  readonly verifyIncoming: boolean;
  /** Whether what we send is encrypted, where there is a keyring. */
  readonly verifyOutgoing: boolean;
  /** Whether streams that we send are compressed; what we receive may be either. */
  readonly compression: boolean;
  /** Networks whose members may speak to us: `10.0.0.0/8`. @default all */
  readonly allowedCidrs?: readonly string[];
  /** Deadline of a stream that another opened. @default 10_000 */
  readonly streamTimeoutMs?: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly timers: Timers;
  readonly clock: Clock;
}

/** What lives from start to stop. */
interface Open {
  readonly socket: PacketSocket;
  readonly inbox: PacketInbox;
  readonly listener: StreamListener;
  readonly dialer: StreamDialer;
  readonly port: number;
}

/** Ports that the system chose for TCP and that may be taken for UDP. */
const CHOSEN_PORT_ATTEMPTS = 10;

/** Opens both halves on one port. Rejects with MeshError. */
async function listen(
  wanted: number,
  createListener: () => StreamListener,
  createSocket: () => PacketSocket,
): Promise<Pick<Open, 'listener' | 'socket' | 'port'>> {
  for (let attempt = 1; ; attempt++) {
    const listener = createListener();
    const port = await listener.open(wanted);
    const socket = createSocket();
    try {
      await socket.open(port);
      return { listener, socket, port };
    } catch (error) {
      await listener.close();
      if (wanted !== 0 || attempt === CHOSEN_PORT_ATTEMPTS) throw error;
    }
  }
}

/** A UDP socket and a TCP listener on one port, encrypted by a keyring where there is one. */
export class NodeGossipTransport implements GossipTransport {
  private readonly options: GossipTransportOptions;
  private readonly cipher: PoolCipher;
  private readonly filter: SourceFilter;
  private opened: Open | undefined;

  /** Throws MeshError `invalid-argument` on a bind address or a network that is none. */
  constructor(options: GossipTransportOptions) {
    if (parseIp(options.bindAddress) === undefined) {
      throw new MeshError('invalid-argument', `"${options.bindAddress}" is no IP address`);
    }
    this.options = options;
    this.cipher = new PoolCipher(options);
    this.filter = new SourceFilter(options.allowedCidrs);
  }

  /** Where it listens; undefined while it does not. */
  get port(): number | undefined {
    return this.opened?.port;
  }

  async start(receiver: GossipReceiver): Promise<void> {
    if (this.opened) return;
    const { bindAddress: host, logger, metrics, clock } = this.options;
    const { cipher, filter } = this;
    const drops = new DropLog(logger, clock);
    const parts = this.streamParts(drops);
    const inbox = new PacketInbox({ receiver, cipher, filter, drops, clock, later: setImmediate });
    const pair = await listen(
      this.options.port,
      () => new StreamListener({ host, filter, logger, parts, receiver }),
      () =>
        new PacketSocket({
          ...{ host, logger, metrics },
          onPacket: (bytes, from) => inbox.take(bytes, from),
        }),
    );
    this.opened = { ...pair, inbox, dialer: new StreamDialer(parts) };
  }

  async stop(): Promise<void> {
    const { opened } = this;
    if (!opened) return;
    this.opened = undefined;
    opened.inbox.close();
    opened.dialer.close();
    const { timers } = this.options;
    await Promise.all([opened.listener.close(), opened.socket.close(timers, LINGER_MS)]);
  }

  sendPacket(to: GossipAddress, bytes: Uint8Array): void {
    this.opened?.socket.send(this.cipher.sealPacket(bytes), to);
  }

  async exchange(
    to: GossipAddress,
    message: StreamMessage,
    options: ExchangeOptions,
  ): Promise<StreamMessage | undefined> {
    if (!this.opened) throw new MeshError('unavailable', 'the gossip transport is closed');
    return this.opened.dialer.exchange(to, message, options);
  }

  packetOverheadBytes(): number {
    return this.cipher.overheadBytes;
  }

  private streamParts(drops: DropLog): StreamParts {
    const { compression, metrics, timers, streamTimeoutMs } = this.options;
    return {
      ...{ cipher: this.cipher, compression, metrics, timers, drops },
      turns: new TurnQueue(setImmediate),
      timeoutMs: streamTimeoutMs ?? STREAM_TIMEOUT_MS,
      budget: new StreamBudget(),
    };
  }
}
