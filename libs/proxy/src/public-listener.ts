import { connect, type Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { type Component, type Logger, MeshError, type Platform } from '@mesh/base';
import type { ServiceIdentity } from '@mesh/connect-ca';
import type { Decisions } from './decisions.ts';
import type { Identity, Refusal } from './identity.ts';
import type { LiveConnection, LiveConnections } from './live-connections.ts';
import type { ProxyMetrics } from './metrics.ts';
import { relay, reset } from './relay.ts';

/** A TLS handshake takes no longer, milliseconds. */
const HANDSHAKE_MS = 10_000;

export interface PublicListenerOptions {
  readonly bindAddress: string;
  readonly bindPort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxConnections: number;
  readonly identity: Identity;
  readonly decisions: Decisions;
  readonly live: LiveConnections;
  readonly metrics: ProxyMetrics;
  readonly platform: Platform;
  readonly logger: Logger;
}

/** Takes connections of other services' proxies, and passes them on to the service. */
export class PublicListener implements Component {
  readonly name = 'public-listener';
  private readonly options: PublicListenerOptions;
  private server: Server | undefined;

  constructor(options: PublicListenerOptions) {
    this.options = options;
    // Connections that stand keep what they were made with.
    options.identity.onChange(() => this.server?.setSecureContext(options.identity.tlsOptions));
  }

  start(): Promise<void> {
    const { bindAddress, bindPort, logger, metrics } = this.options;
    const server = createServer({
      ...this.options.identity.tlsOptions,
      ...{ requestCert: true, rejectUnauthorized: false, allowHalfOpen: true },
      handshakeTimeout: HANDSHAKE_MS,
    });
    this.server = server;
    server.on('secureConnection', (socket) => this.accept(socket));
    server.on('tlsClientError', (error) => {
      metrics.add('handshakes_failed_total');
      logger.warn('TLS handshake failed', { error: error.message });
    });
    return new Promise((resolve, reject) => {
      server.once('error', (cause) => {
        const where = `${bindAddress}:${bindPort}`;
        const message = `cannot listen on ${where}: ${cause.message}`;
        reject(new MeshError('unavailable', message, { cause }));
      });
      server.listen(bindPort, bindAddress, () => {
        const bind_addr = `${bindAddress}:${bindPort}`;
        logger.info('Starting listener', { listener: 'public listener', bind_addr });
        resolve();
      });
    });
  }

  /** Takes no more connections; those that stand go on. */
  async stop(): Promise<void> {
    this.server?.close();
    this.server = undefined;
  }

  private accept(socket: TLSSocket): void {
    const { identity, metrics, live, maxConnections } = this.options;
    // Without a listener an error of a socket ends the process.
    socket.on('error', () => {});
    metrics.add('handshakes_total');
    if (live.size >= maxConnections) {
      metrics.add('denials_total', { reason: 'too many connections' });
      socket.destroy();
      return;
    }
    const peer = identity.peer(socket);
    if (typeof peer === 'string') {
      this.refuse(socket, peer, '');
      return;
    }
    this.decide(socket, peer).catch((thrown) => {
      const { message } = MeshError.from(thrown);
      this.options.logger.error('connection could not be decided', { error: message });
      metrics.add('denials_total', { reason: 'undecided' });
      socket.destroy();
    });
  }

  private async decide(socket: TLSSocket, peer: ServiceIdentity): Promise<void> {
    if (!(await this.options.decisions.isAllowed(peer))) {
      this.refuse(socket, 'denied by intention', peer.service);
      return;
    }
    if (!socket.destroyed) this.pass(socket, peer);
  }

  private refuse(socket: TLSSocket, reason: Refusal, service: string): void {
    const { logger, metrics } = this.options;
    metrics.add('denials_total', { reason });
    const fields = { reason, from: `${socket.remoteAddress}:${socket.remotePort}`, service };
    logger.warn('connection refused', fields);
    socket.destroy();
  }

  private pass(socket: TLSSocket, peer: ServiceIdentity): void {
    const { localAddress, localPort, connectTimeoutMs, idleTimeoutMs } = this.options;
    const { platform, live, metrics, logger } = this.options;
    const local = connect({ host: localAddress, port: localPort, allowHalfOpen: true });
    const timer = platform.timers.after(connectTimeoutMs, () => local.destroy(timedOut()));
    local.once('error', (error) => {
      timer.cancel();
      metrics.add('local_failures_total');
      logger.error('the service does not answer', { error: error.message });
      reset(socket);
    });
    local.once('connect', () => {
      timer.cancel();
      const remote = `${socket.remoteAddress}:${socket.remotePort}`;
      const connection: LiveConnection = {
        ...{ direction: 'public', peer, remote, sockets: [socket, local] as Socket[] },
        startedMs: platform.clock.nowMs(),
      };
      live.add(connection);
      metrics.add('connections_total', { direction: 'public' });
      void relay(socket, local, { idleTimeoutMs, timers: platform.timers }).then((traffic) => {
        live.delete(connection);
        metrics.add('bytes_total', { direction: 'public', to: 'service' }, traffic.bytesIn);
        metrics.add('bytes_total', { direction: 'public', to: 'peer' }, traffic.bytesOut);
      });
    });
  }
}

function timedOut(): Error {
  return new Error('no connection in time');
}
