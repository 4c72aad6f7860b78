import { createServer, type Server, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { type Component, type Logger, MeshError, type Platform } from '@mesh/base';
import type { ServiceIdentity } from '@mesh/connect-ca';
import type { Endpoint, EndpointRing } from './endpoints.ts';
import type { Identity } from './identity.ts';
import type { LiveConnection, LiveConnections } from './live-connections.ts';
import type { ProxyMetrics } from './metrics.ts';
import { relay, reset } from './relay.ts';

/** Instances that are tried for one connection. */
const MAX_TRIES = 3;

export interface UpstreamListenerOptions {
  readonly bindAddress: string;
  readonly bindPort: number;
  /** Service that must be at the other end; undefined where the name is that of a query. */
  readonly service: string | undefined;
  /** For the log. */
  readonly label: string;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxConnections: number;
  readonly ring: EndpointRing;
  readonly identity: Identity;
  readonly live: LiveConnections;
  readonly metrics: ProxyMetrics;
  readonly platform: Platform;
  readonly logger: Logger;
}

/** Takes plain connections of the service, and passes them on to an instance of another one over TLS. */
export class UpstreamListener implements Component {
  readonly name: string;
  private readonly options: UpstreamListenerOptions;
  private server: Server | undefined;

  constructor(options: UpstreamListenerOptions) {
    this.options = options;
    this.name = `upstream-${options.label}`;
  }

  start(): Promise<void> {
    const { bindAddress, bindPort, logger, label } = this.options;
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
      this.accept(socket),
    );
    this.server = server;
    return new Promise((resolve, reject) => {
      server.once('error', (cause) => {
        const message = `cannot listen on ${bindAddress}:${bindPort}: ${cause.message}`;
        reject(new MeshError('unavailable', message, { cause }));
      });
      server.listen(bindPort, bindAddress, () => {
        const bind_addr = `${bindAddress}:${bindPort}`;
        logger.info('Starting listener', { listener: label, bind_addr });
        resolve();
      });
    });
  }

  async stop(): Promise<void> {
    this.server?.close();
    this.server = undefined;
  }

  private accept(socket: Socket): void {
    const { live, maxConnections, metrics, logger, label } = this.options;
    socket.on('error', () => {});
    if (live.size >= maxConnections) {
      metrics.add('denials_total', { reason: 'too many connections' });
      socket.destroy();
      return;
    }
    this.dial().then(
      ({ tls, peer }) => this.pass(socket, tls, peer),
      (thrown) => {
        const { message } = MeshError.from(thrown);
        metrics.add('upstream_failures_total', { upstream: label });
        logger.error('upstream cannot be reached', { upstream: label, error: message });
        reset(socket);
      },
    );
  }

  /** A connection to an instance; another one is tried where one does not answer. */
  private async dial(): Promise<{ readonly tls: TLSSocket; readonly peer: ServiceIdentity }> {
    const endpoints = this.options.ring.turn().slice(0, MAX_TRIES);
    let failure = new MeshError('unavailable', 'there is no healthy instance');
    for (const endpoint of endpoints) {
      try {
        return await this.dialOne(endpoint);
      } catch (thrown) {
        failure = MeshError.from(thrown);
        this.options.metrics.add('upstream_retries_total', { upstream: this.options.label });
      }
    }
    throw failure;
  }

  private dialOne({ host, port }: Endpoint) {
    const { identity, platform, connectTimeoutMs, service, metrics } = this.options;
    return new Promise<{ readonly tls: TLSSocket; readonly peer: ServiceIdentity }>(
      (resolve, reject) => {
        const tls = connect({
          ...identity.tlsOptions,
          ...({ host, port, rejectUnauthorized: false, allowHalfOpen: true } as object),
          // The name that counts is the SPIFFE ID.
          checkServerIdentity: () => undefined,
        });
        const fail = (why: string) => {
          timer.cancel();
          tls.destroy();
          reject(new MeshError('unavailable', `${host}:${port}: ${why}`));
        };
        const timer = platform.timers.after(connectTimeoutMs, () => fail('no connection in time'));
        tls.on('error', (error) => fail(error.message));
        tls.once('secureConnect', () => {
          const peer = identity.peer(tls);
          if (typeof peer === 'string') {
            metrics.add('denials_total', { reason: peer });
            fail(`its certificate is refused: ${peer}`);
          } else if (service !== undefined && peer.service !== service) {
            metrics.add('denials_total', { reason: 'other service' });
            fail(`its certificate is that of service "${peer.service}", not "${service}"`);
          } else {
            timer.cancel();
            resolve({ tls, peer });
          }
        });
      },
    );
  }

  private pass(socket: Socket, tls: TLSSocket, peer: ServiceIdentity): void {
    const { platform, live, metrics, idleTimeoutMs } = this.options;
    if (socket.destroyed) {
      tls.destroy();
      return;
    }
    const connection: LiveConnection = {
      ...{ direction: 'upstream', peer, remote: `${tls.remoteAddress}:${tls.remotePort}` },
      ...{ startedMs: platform.clock.nowMs(), sockets: [socket, tls] },
    };
    live.add(connection);
    metrics.add('connections_total', { direction: 'upstream' });
    void relay(socket, tls, { idleTimeoutMs, timers: platform.timers }).then((traffic) => {
      live.delete(connection);
      metrics.add('bytes_total', { direction: 'upstream', to: 'peer' }, traffic.bytesIn);
      metrics.add('bytes_total', { direction: 'upstream', to: 'service' }, traffic.bytesOut);
    });
    socket.resume();
  }
}
