import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Logger, Platform } from '@mesh/base';
import { listenError } from './listen-error.ts';
import type { Responder } from './responder.ts';
import { TcpConnection } from './tcp-connection.ts';

/** Connections to one address at most. */
const MAX_CONNECTIONS = 1024;
/** Connections of one client at most. */
const MAX_CONNECTIONS_PER_CLIENT = 128;

export interface TcpListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly responder: () => Responder;
  readonly logger: Logger;
  readonly platform: Platform;
  readonly idleMs: number;
}

/** Answers queries over TCP at one address. */
export class TcpListener {
  private server: Server | undefined;
  private readonly connections = new Map<Socket, TcpConnection>();
  private readonly perClient = new Map<string, number>();
  private readonly options: TcpListenerOptions;

  constructor(options: TcpListenerOptions) {
    this.options = options;
  }

  /** Resolves to the bound port. Rejects with a MeshError that names the address. */
  start(): Promise<number> {
    const { host, port, logger } = this.options;
    // Half-open: a client may stop sending and still wait for its answers.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.accept(socket),
    );
    server.maxConnections = MAX_CONNECTIONS;
    this.server = server;
    return new Promise((resolve, reject) => {
      server.once('error', (error) => {
        this.server = undefined;
        reject(listenError('tcp', host, port, error));
      });
      server.listen({ host, port, exclusive: true }, () => {
        server.removeAllListeners('error');
        server.on('error', (error) => logger.warn('socket error', { network: 'tcp', error }));
        resolve((server.address() as AddressInfo).port);
      });
    });
  }

  stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return Promise.resolve();
    return new Promise((resolve) => {
      server.close(() => resolve());
      for (const connection of this.connections.values()) connection.destroy();
    });
  }

  private accept(socket: Socket): void {
    const client = socket.remoteAddress ?? '';
    const count = this.perClient.get(client) ?? 0;
    if (count >= MAX_CONNECTIONS_PER_CLIENT) {
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    this.perClient.set(client, count + 1);
    const { responder, platform, idleMs } = this.options;
    this.connections.set(socket, new TcpConnection({ socket, responder, platform, idleMs }));
    socket.on('close', () => {
      this.connections.delete(socket);
      const left = (this.perClient.get(client) ?? 1) - 1;
      if (left > 0) this.perClient.set(client, left);
      else this.perClient.delete(client);
    });
  }
}
