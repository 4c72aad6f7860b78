import { createServer, type Server, type Socket } from 'node:net';
import { MeshError, type Metrics, type Timers } from '@mesh/base';

/** Bounds on who may connect. */
export interface ListenerLimits {
  /** Connections at one time. @default 4096 */
  readonly maxConnections: number;
  /** Connections at one time from one IP address. @default 100, the original's rpc_max_conns_per_client */
  readonly maxConnectionsPerAddress: number;
  /** Time to the first accepted stream, milliseconds. @default 5000, the original's rpc_handshake_timeout */
  readonly handshakeTimeoutMs: number;
}

/** A TCP port that hands its connections on, as many as allowed. */
export class Listener {
  private readonly server: Server;
  private readonly sockets = new Map<string, Socket>();
  private readonly perAddress = new Map<string, number>();
  private readonly limits: ListenerLimits;
  private readonly timers: Timers;
  private readonly metrics: Metrics;
  private readonly accept: (socket: Socket) => void;
  /** Connections without an accepted stream. */
  private readonly fresh = new Set<string>();

  constructor(
    limits: ListenerLimits,
    timers: Timers,
    metrics: Metrics,
    accept: (socket: Socket) => void,
  ) {
    this.limits = limits;
    this.timers = timers;
    this.metrics = metrics;
    this.accept = accept;
    this.server = createServer({ noDelay: true }, (socket) => this.admit(socket));
  }

  /**
   * Resolves with the port when it listens.
   *
   * @throws MeshError `unavailable` naming address and port
   */
  listen(address: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException) => {
        const why = error.code === 'EADDRINUSE' ? 'address already in use' : error.message;
        const where = `${address.includes(':') ? `[${address}]` : address}:${port}`;
        reject(
          new MeshError('unavailable', `cannot listen for RPC on ${where}: ${why}`, {
            cause: error,
          }),
        );
      };
      this.server.once('error', failed);
      this.server.listen(port, address, () => {
        this.server.off('error', failed);
        // Errors of accepting (no file descriptors left) pass; the port stays open.
        this.server.on('error', () => this.metrics.count('rpc.accept_error'));
        const bound = this.server.address();
        resolve(bound !== null && typeof bound === 'object' ? bound.port : port);
      });
    });
  }

  /** A stream was accepted on the connection from there: it may stay. */
  established(remoteAddress: string): void {
    this.fresh.delete(remoteAddress);
  }

  /** Closes the port and every connection at once. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets.values()) socket.destroy();
    await closed;
  }

  private admit(socket: Socket): void {
    const ip = socket.remoteAddress;
    if (ip === undefined) {
      socket.destroy();
      return;
    }
    const count = this.perAddress.get(ip) ?? 0;
    const { maxConnections, maxConnectionsPerAddress } = this.limits;
    if (this.sockets.size >= maxConnections || count >= maxConnectionsPerAddress) {
      this.metrics.count('rpc.connection_refused');
      socket.destroy();
      return;
    }
    const name = `${ip}:${socket.remotePort}`;
    this.perAddress.set(ip, count + 1);
    this.sockets.set(name, socket);
    this.fresh.add(name);
    const timer = this.timers.after(this.limits.handshakeTimeoutMs, () => {
      if (this.fresh.has(name)) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      timer.cancel();
      this.sockets.delete(name);
      this.fresh.delete(name);
      const left = (this.perAddress.get(ip) ?? 1) - 1;
      if (left > 0) this.perAddress.set(ip, left);
      else this.perAddress.delete(ip);
    });
    this.accept(socket);
  }
}
