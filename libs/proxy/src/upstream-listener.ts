import { createServer, type Server, type Socket } from 'node:net';
import { type Component, type Logger, MeshError, type Platform } from '@mesh/base';
import { type Dialled, dial } from './dial.ts';
import { type EndpointRing, endpointKey, hostAndPort } from './endpoints.ts';
import type { Identity } from './identity.ts';
import { listen, unlisten } from './listen.ts';
import type { LiveConnection, LiveConnections } from './live-connections.ts';
import type { ProxyMetrics } from './metrics.ts';
import type { UpstreamConfig } from './proxy-config.ts';
import { relay, reset, type Side } from './relay.ts';
import type { Sessions } from './sessions.ts';

/** Instances that are tried for one connection. */
const MAX_TRIES = 3;

export interface UpstreamListenerOptions {
  readonly settings: UpstreamConfig;
  readonly ring: EndpointRing;
  readonly identity: Identity;
  readonly sessions: Sessions;
  readonly live: LiveConnections;
  readonly metrics: ProxyMetrics;
  readonly platform: Platform;
  readonly logger: Logger;
}

/** Name of an upstream's listener in the log, in metrics and in the status, as the original's. */
export function upstreamLabel({ type, name }: UpstreamConfig): string {
  return `${type}:default/${name}`;
}

/** Takes plain connections of the service, and passes them on to an instance of another one over TLS. */
export class UpstreamListener implements Component {
  readonly name: string;
  readonly ring: EndpointRing;
  private readonly options: UpstreamListenerOptions;
  private settings: UpstreamConfig;
  private server: Server | undefined;
  /** Connections for which an instance is being looked for. */
  private readonly dialling = new Set<AbortController>();

  constructor(options: UpstreamListenerOptions) {
    this.options = options;
    this.settings = options.settings;
    this.ring = options.ring;
    this.name = upstreamLabel(options.settings);
  }

  /** `HOST:PORT`. */
  get address(): string {
    return hostAndPort(this.settings.bindAddress, this.settings.bindPort);
  }

  /** Same address and service, other ways: for connections from now on. */
  update(settings: UpstreamConfig): void {
    this.settings = settings;
    if (this.server) this.server.maxConnections = settings.maxConnections;
  }

  async start(): Promise<void> {
    if (this.server) return;
    const { logger, metrics } = this.options;
    const { bindAddress, bindPort, maxConnections } = this.settings;
    // Read from the start, into its buffer: who is gone is noticed while an instance is looked for.
    const server = createServer({ allowHalfOpen: true }, (socket) => this.accept(socket));
    server.maxConnections = maxConnections;
    server.on('drop', () => {
      metrics.add('denials_total', { reason: 'too many connections' });
      logger.warn('connection refused', { reason: 'too many connections', listener: this.name });
    });
    await listen(server, bindAddress, bindPort);
    this.server = server;
    logger.info('Starting listener', { listener: this.name, bind_addr: this.address });
  }

  /** Takes no more connections; those that stand go on. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) await unlisten(server);
  }

  /** Gives up those for which an instance is still being looked for. */
  endHandshakes(): void {
    for (const controller of this.dialling) controller.abort();
  }

  private accept(socket: Socket): void {
    const local: Side = { stream: socket, raw: socket };
    const controller = new AbortController();
    const gone = () => controller.abort();
    this.dialling.add(controller);
    socket.on('error', () => {});
    socket.once('close', gone);
    this.find(controller.signal)
      .finally(() => {
        this.dialling.delete(controller);
        socket.off('close', gone);
      })
      .then(
        (dialled) => this.pass(local, dialled),
        (thrown) => {
          if (!socket.destroyed) this.unreachable(MeshError.from(thrown));
          reset(local);
        },
      );
  }

  /** A connection to an instance; another one is tried where one does not answer. */
  private async find(signal: AbortSignal): Promise<Dialled> {
    const { identity, sessions, metrics, platform, ring } = this.options;
    const { connectTimeoutMs: timeoutMs } = this.settings;
    const endpoints = ring.turn(MAX_TRIES);
    let failure = new MeshError('unavailable', 'there is no healthy instance');
    for (const [at, endpoint] of endpoints.entries()) {
      if (at > 0) metrics.add('upstream_retries_total', { upstream: this.name });
      try {
        const options = { timeoutMs, identity, sessions, metrics, platform, signal };
        const dialled = await dial(endpoint, options);
        ring.succeeded(endpoint);
        return dialled;
      } catch (thrown) {
        failure = MeshError.from(thrown);
        if (signal.aborted) break;
        ring.failed(endpoint);
        this.options.logger.debug('instance not reached', {
          upstream: this.name,
          instance: endpointKey(endpoint),
          error: failure.message,
        });
      }
    }
    throw failure;
  }

  private unreachable({ message }: MeshError): void {
    const { metrics, logger } = this.options;
    metrics.add('upstream_failures_total', { upstream: this.name });
    logger.error('upstream cannot be reached', { upstream: this.name, error: message });
  }

  private pass(local: Side, { side, peer }: Dialled): void {
    const { platform, live, logger } = this.options;
    const { raw } = local;
    const remote = `${side.raw.remoteAddress}:${side.raw.remotePort}`;
    const connection: LiveConnection = {
      ...{ direction: 'upstream', listener: this.name, peer: peer.identity, remote },
      startedMs: platform.clock.nowMs(),
      traffic: () => ({ bytesIn: raw.bytesWritten, bytesOut: raw.bytesRead }),
      reset: () => {
        reset(side);
        reset(local);
      },
    };
    live.add(connection);
    logger.debug('connection passed on', { to: this.name, remote });
    relay(side, local, this.settings.idleTimeoutMs, () => live.delete(connection));
  }
}
