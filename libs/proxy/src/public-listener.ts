import { connect, type Server as PlainServer, type Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { type Component, type Logger, MeshError, type Platform } from '@mesh/base';
import type { ServiceIdentity } from '@mesh/connect-ca';
import type { Decisions } from './decisions.ts';
import { hostAndPort } from './endpoints.ts';
import type { Identity } from './identity.ts';
import { listen, unlisten } from './listen.ts';
import type { LiveConnection, LiveConnections } from './live-connections.ts';
import type { ProxyMetrics } from './metrics.ts';
import type { PublicSettings } from './proxy-config.ts';
import { handshakeFailure, type Refusal } from './refusal.ts';
import { relay, reset, type Side } from './relay.ts';

/** Name in the log, in metrics and in the status. */
export const PUBLIC_LISTENER = 'public listener';

export interface PublicListenerOptions {
  readonly settings: PublicSettings;
  readonly identity: Identity;
  readonly decisions: Decisions;
  readonly live: LiveConnections;
  readonly metrics: ProxyMetrics;
  readonly platform: Platform;
  readonly logger: Logger;
}

/** Takes connections of other services' proxies, and passes on to the service those that may come in. */
export class PublicListener implements Component {
  readonly name = PUBLIC_LISTENER;
  private readonly options: PublicListenerOptions;
  private settings: PublicSettings;
  private server: Server | undefined;
  /** TCP connections by their remote end: a TLS socket does not show what it stands on. */
  private readonly raws = new Map<string, Socket>();

  constructor(options: PublicListenerOptions) {
    this.options = options;
    this.settings = options.settings;
    // Connections that stand keep what they were made with; sessions from before are not resumed.
    options.identity.onChange(() => this.server?.setSecureContext(options.identity.tlsOptions));
  }

  /** Same address, other ways: for connections from now on. */
  update(settings: PublicSettings): void {
    this.settings = settings;
    if (this.server) this.server.maxConnections = settings.maxConnections;
  }

  async start(): Promise<void> {
    if (this.server) return;
    const { identity, logger } = this.options;
    const { bindAddress, bindPort, handshakeTimeoutMs, maxConnections } = this.settings;
    const server = createServer({
      ...identity.tlsOptions,
      // Who shows none, or a bad one, is refused by us: with the reason in the log.
      ...{ requestCert: true, rejectUnauthorized: false },
      handshakeTimeout: handshakeTimeoutMs,
    });
    server.maxConnections = maxConnections;
    server.on('connection', (raw: Socket) => this.remember(raw));
    server.on('secureConnection', (socket) => this.accept(socket));
    server.on('tlsClientError', (error, socket) => this.failed(error, socket));
    (server as PlainServer).on('drop', (from) => {
      const address = `${from?.remoteAddress}:${from?.remotePort}`;
      this.tellRefused('too many connections', address, '');
    });
    await listen(server, bindAddress, bindPort);
    this.server = server;
    const bind_addr = hostAndPort(bindAddress, bindPort);
    logger.info('Starting listener', { listener: PUBLIC_LISTENER, bind_addr });
  }

  /** Takes no more connections; those that stand go on. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) await unlisten(server);
  }

  /** Ends what has not come so far as to be a live connection. */
  endHandshakes(): void {
    for (const raw of this.raws.values()) raw.destroy();
  }

  private remember(raw: Socket): void {
    const address = addressOf(raw);
    this.raws.set(address, raw);
    raw.once('close', () => {
      if (this.raws.get(address) === raw) this.raws.delete(address);
    });
  }

  private accept(socket: TLSSocket): void {
    const { identity, metrics } = this.options;
    // Without a listener an error of a socket ends the process.
    socket.on('error', () => {});
    const address = addressOf(socket);
    const raw = this.raws.get(address);
    this.raws.delete(address);
    if (!raw) {
      // It was closed in the meantime.
      socket.destroy();
      return;
    }
    // Not before: who is gone within the handshake would be waited for until its timeout.
    socket.allowHalfOpen = true;
    raw.allowHalfOpen = true;
    const side = { stream: socket, raw };
    metrics.add('handshakes_total', {
      side: 'server',
      resumed: String(socket.isSessionReused()),
    });
    const peer = identity.peer({
      certificate: socket.getPeerX509Certificate(),
      isChained: socket.authorized,
      chainError: socket.authorizationError,
    });
    if (typeof peer === 'string') this.refuse(side, peer, '');
    else this.decide(side, peer.identity, address);
  }

  private decide(side: Side, peer: ServiceIdentity, address: string): void {
    const { decisions } = this.options;
    const admit = (isAllowed: boolean) => {
      if (!isAllowed) this.refuse(side, 'denied by intention', peer.service);
      else if (side.stream.destroyed) side.raw.destroy();
      else this.pass(side, peer, address);
    };
    const known = decisions.known(peer);
    if (known !== undefined) {
      admit(known);
      return;
    }
    decisions.isAllowed(peer).then(admit, (thrown) => {
      const { message } = MeshError.from(thrown);
      this.options.logger.error('connection could not be decided', { error: message });
      this.refuse(side, 'undecided', peer.service);
    });
  }

  private pass(side: Side, peer: ServiceIdentity, remote: string): void {
    const { platform, live, metrics, logger } = this.options;
    const { localAddress, localPort, connectTimeoutMs, idleTimeoutMs } = this.settings;
    const socket = connect({ host: localAddress, port: localPort, allowHalfOpen: true });
    const local: Side = { stream: socket, raw: socket };
    // From here on an intention can end it.
    const connection: LiveConnection = {
      ...{ direction: 'public', listener: PUBLIC_LISTENER, peer, remote },
      startedMs: platform.clock.nowMs(),
      traffic: () => ({ bytesIn: socket.bytesWritten, bytesOut: socket.bytesRead }),
      reset: () => {
        reset(side);
        reset(local);
      },
    };
    live.add(connection);
    const failed = (error: Error) => {
      metrics.add('service_failures_total');
      const service = hostAndPort(localAddress, localPort);
      logger.error('the service does not answer', { address: service, error: error.message });
      connection.reset();
    };
    const timer = platform.timers.after(connectTimeoutMs, () =>
      failed(new Error(`no connection within ${connectTimeoutMs} ms`)),
    );
    const gone = () => connection.reset();
    side.stream.once('close', gone);
    socket.once('error', failed);
    socket.once('close', () => {
      timer.cancel();
      live.delete(connection);
    });
    socket.once('connect', () => {
      timer.cancel();
      socket.off('error', failed);
      side.stream.off('close', gone);
      logger.debug('connection passed on', { from: peer.service, remote });
      relay(side, local, idleTimeoutMs, () => live.delete(connection));
    });
  }

  private refuse(side: Side, reason: Refusal, service: string): void {
    this.tellRefused(reason, addressOf(side.stream), service);
    reset(side);
  }

  private tellRefused(reason: Refusal, from: string, service: string): void {
    const { logger, metrics } = this.options;
    metrics.add('denials_total', { reason });
    logger.warn('connection refused', { reason, from, service });
  }

  private failed(error: Error, socket: TLSSocket): void {
    const { logger, metrics } = this.options;
    const reason = handshakeFailure(error);
    metrics.add('handshakes_failed_total', { side: 'server', reason });
    // A health check connects, and closes at once: that is no news.
    const level = reason === 'closed by peer' ? 'debug' : 'warn';
    logger[level]('TLS handshake failed', {
      reason,
      from: addressOf(socket),
      error: error.message,
    });
    socket.destroy();
  }
}

function addressOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}
