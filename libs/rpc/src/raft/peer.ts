import type { Logger, Metrics } from '@mesh/base';
import type { Message } from '@mesh/raft';
import { Backoff } from '../stream/backoff.ts';
import type { DialOptions } from '../stream/outgoing-stream.ts';
import type { StreamEnd } from '../stream/stream-end.ts';
import { PeerPath } from './peer-path.ts';
import type { RaftTransportLimits } from './transport-limits.ts';

interface PeerParts {
  readonly serverId: string;
  readonly dial: DialOptions;
  readonly limits: RaftTransportLimits;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly monotonicMs: () => number;
  /** The process at the address is certainly gone. Called once until it is back. */
  readonly gone: () => void;
}

/** The paths to one other server. */
export class Peer {
  readonly address: string;
  private readonly id: string;
  private readonly parts: PeerParts;
  private readonly control: PeerPath;
  private readonly bulk: PeerPath;
  /** How the connection failed, the first time since there was one. */
  private failure: StreamEnd['kind'] | undefined;
  private saidGone = false;

  constructor(id: string, address: string, parts: PeerParts) {
    this.id = id;
    this.address = address;
    this.parts = parts;
    const { maxControlMessages, maxBulkMessages, maxBulkBytes } = parts.limits;
    this.control = this.path('control', maxControlMessages, Number.POSITIVE_INFINITY);
    this.bulk = this.path('bulk', maxBulkMessages, maxBulkBytes);
  }

  connect(): void {
    this.control.connect();
    this.bulk.connect();
  }

  /** The peer has opened a stream to this server: it is there, so it may be dialled at once. */
  wake(): void {
    this.control.wake();
    this.bulk.wake();
  }

  send(message: Message, path: 'control' | 'bulk'): void {
    this[path].send(message);
  }

  close(): void {
    this.control.close();
    this.bulk.close();
  }

  private path(path: 'control' | 'bulk', maxMessages: number, maxBytes: number): PeerPath {
    const { serverId, dial, limits, metrics, monotonicMs } = this.parts;
    return new PeerPath({
      path,
      serverId,
      peerId: this.id,
      address: this.address,
      dial,
      backoff: new Backoff(limits.firstBackoffMs, limits.longestBackoffMs),
      monotonicMs,
      maxMessages,
      maxBytes,
      dropped: () => metrics.count('raft.transport.dropped', 1, { reason: path }),
      opened: () => this.opened(path),
      ended: (end) => this.ended(path, end),
    });
  }

  private opened(path: 'control' | 'bulk'): void {
    if (path !== 'control') return;
    const fields = { id: this.id, address: this.address };
    if (this.failure) this.parts.logger.info('connected to peer again', fields);
    else this.parts.logger.debug('connected to peer', fields);
    this.saidGone = false;
    this.failure = undefined;
  }

  /** The control path is the one that tells: there is always something to say on it. */
  private ended(path: 'control' | 'bulk', end: StreamEnd): void {
    if (path !== 'control' || end.kind === 'closed') return;
    if (this.failure === undefined || (end.kind === 'rejected' && this.failure !== 'rejected')) {
      this.failure = end.kind;
      const fields = { id: this.id, address: this.address, reason: end.message };
      if (end.kind === 'rejected') this.parts.logger.error('peer refuses connection', fields);
      else this.parts.logger.warn('no connection to peer', fields);
    }
    if (this.saidGone || (end.kind !== 'refused' && end.kind !== 'lost')) return;
    this.saidGone = true;
    this.parts.gone();
  }
}
