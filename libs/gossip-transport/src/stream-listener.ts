import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from '@mesh/base';
import type { GossipReceiver } from '@mesh/gossip';
import { ConnectionCount } from './connection-count.ts';
import { InboundStream, type StreamParts } from './inbound-stream.ts';
import { cannotListen } from './packet-socket.ts';
import { type SourceFilter, sourceHost } from './source-filter.ts';

export interface StreamListenerOptions {
  /** IP address to listen at. */
  readonly host: string;
  readonly filter: SourceFilter;
  readonly logger: Logger;
  readonly parts: StreamParts;
  readonly receiver: Pick<GossipReceiver, 'stream'>;
}

/** The TCP half of a transport, as far as others open connections. */
export class StreamListener {
  private readonly options: StreamListenerOptions;
  private readonly server: Server;
  private readonly count = new ConnectionCount();
  private readonly streams = new Set<InboundStream>();

  constructor(options: StreamListenerOptions) {
    this.options = options;
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.accepted(socket),
    );
  }

  /** Returns the port, chosen by the system for 0. Rejects with MeshError when it cannot be had. */
  async open(port: number): Promise<number> {
    const { host, logger } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (cause) => reject(cannotListen(host, port, cause)));
      this.server.listen({ port, host }, resolve);
    });
    this.server.removeAllListeners('error');
    this.server.on('error', (error) => logger.error('the stream listener failed', { error }));
    return (this.server.address() as { port: number }).port;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const stream of this.streams) stream.close();
    await closed;
  }

  private accepted(socket: Socket): void {
    const { filter, parts, receiver } = this.options;
    const host = sourceHost(socket.remoteAddress ?? '');
    const isAllowed = filter.allows(host);
    if (!isAllowed || !this.count.enter(host)) {
      const reason = isAllowed ? 'too many connections' : 'closed streams that are not allowed';
      parts.drops.dropped(reason, host);
      socket.destroy();
      return;
    }
    parts.metrics.count('memberlist.tcp.accept');
    const from = { host, port: socket.remotePort ?? 0 };
    const stream = new InboundStream(socket, from, parts, receiver);
    this.streams.add(stream);
    socket.once('close', () => {
      this.count.leave(host);
      this.streams.delete(stream);
    });
  }
}
