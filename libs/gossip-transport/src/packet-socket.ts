import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { type Logger, MeshError, type Metrics, type Timers } from '@mesh/base';
import { formatAddress, type GossipAddress } from '@mesh/gossip';
import { MAX_PENDING_SENDS, RECEIVE_BUFFER_BYTES } from './limits.ts';
import { sourceHost } from './source-filter.ts';

export interface PacketSocketOptions {
  /** IP address to listen at. */
  readonly host: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly onPacket: (bytes: Uint8Array, from: GossipAddress) => void;
}

/** The UDP half of a transport. */
export class PacketSocket {
  private readonly options: PacketSocketOptions;
  private readonly socket: Socket;
  private readonly isIpv6: boolean;
  private pending = 0;
  private isOpen = false;
  private whenSent: (() => void) | undefined;

  constructor(options: PacketSocketOptions) {
    this.options = options;
    this.isIpv6 = options.host.includes(':');
    this.socket = createSocket({
      type: this.isIpv6 ? 'udp6' : 'udp4',
      recvBufferSize: RECEIVE_BUFFER_BYTES,
      // Never asked for a name: without this the system's resolver is called for each packet.
      lookup: (host, _options, done) => done(null, host, isIPv4(host) ? 4 : 6),
    });
  }

  /** Rejects with MeshError when the port cannot be had. */
  async open(port: number): Promise<void> {
    const { socket, options } = this;
    await new Promise<void>((resolve, reject) => {
      socket.once('error', (cause) => {
        socket.close();
        reject(cannotListen(options.host, port, cause));
      });
      socket.bind({ port, address: options.host }, resolve);
    });
    this.isOpen = true;
    socket.removeAllListeners('error');
    socket.on('error', (error) => options.logger.error('the packet socket failed', { error }));
    socket.on('message', (bytes, info) => this.received(bytes, info));
  }

  /** Sends or drops. */
  send(bytes: Uint8Array, to: GossipAddress): void {
    const { logger, metrics } = this.options;
    const host = this.reachable(to.host);
    if (!this.isOpen || host === undefined || to.port === 0) return;
    if (this.pending >= MAX_PENDING_SENDS) {
      metrics.count('memberlist.udp.dropped');
      return;
    }
    this.pending++;
    metrics.count('memberlist.udp.sent', bytes.length);
    try {
      this.socket.send(bytes, to.port, host, (error) => this.sent(error, to));
    } catch (error) {
      // Ports out of range and the like.
      this.pending--;
      logger.debug('cannot send a packet', { to: formatAddress(to), error: error as Error });
    }
  }

  /** Closes once what was handed over is sent, or after `waitMs`. */
  async close(timers: Timers, waitMs: number): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.socket.removeAllListeners('message');
    if (this.pending > 0) {
      await new Promise<void>((resolve) => {
        const timer = timers.after(waitMs, resolve);
        this.whenSent = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    await new Promise<void>((resolve) => this.socket.close(resolve));
  }

  private sent(error: Error | null, to: GossipAddress): void {
    this.pending--;
    if (error) {
      this.options.logger.debug('cannot send a packet', { to: formatAddress(to), error });
    }
    if (this.pending === 0) this.whenSent?.();
  }

  private received(bytes: Uint8Array, { address, port }: RemoteInfo): void {
    this.options.metrics.count('memberlist.udp.received', bytes.length);
    // A plain array: a Buffer's slice would not copy.
    const packet = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.options.onPacket(packet, { host: sourceHost(address), port });
  }

  /** The address in the form that this socket takes; undefined where it cannot reach it. */
  private reachable(host: string): string | undefined {
    if (host.includes(':') === this.isIpv6) return host;
    return this.isIpv6 && isIPv4(host) ? `::ffff:${host}` : undefined;
  }
}

/** Error of either socket when its port is taken or its address is not ours. */
export function cannotListen(host: string, port: number, cause: Error): MeshError {
  const where = formatAddress({ host, port });
  const isTaken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
  const why = isTaken ? 'address already in use' : cause.message;
  return new MeshError('unavailable', `cannot listen for gossip on ${where}: ${why}`, { cause });
}
