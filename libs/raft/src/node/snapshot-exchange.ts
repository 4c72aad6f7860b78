import { type Logger, MeshError, type Metrics, type Timers } from '@mesh/base';
import type { SnapshotOffer, SnapshotOutcome } from '../messages.ts';
import type { SnapshotMeta, SnapshotPosition, SnapshotStore } from '../snapshot-store.ts';
import type { Transport } from '../transport.ts';

/** What a snapshot transfer needs of its node. */
export interface ExchangeParts {
  readonly serverId: string;
  readonly snapshots: SnapshotStore;
  readonly transport: Transport;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Wait before a failed transfer is reported, so that it is not tried again at once, milliseconds. */
  readonly retryMs: number;
  term(): number;
  /** Takes a snapshot when there is none to send. */
  take(): Promise<SnapshotMeta | undefined>;
  /** How a transfer ended. */
  onSent(id: string, index: number, outcome: SnapshotOutcome | undefined): void;
  /** Whether an offer is wanted. */
  consider(offer: SnapshotOffer): 'take' | 'held' | 'stale';
  /** A received snapshot is on stable storage: the state goes over to it. */
  install(meta: SnapshotMeta): Promise<void>;
}

/** InstallSnapshot, both ends (Raft paper, section 7): snapshots stream from leader to followers. */
export class SnapshotExchange {
  private readonly sending = new Map<string, AbortController>();
  private installing = false;
  private readonly parts: ExchangeParts;

  constructor(parts: ExchangeParts) {
    this.parts = parts;
  }

  /** Streams the newest snapshot to a follower, once at a time. */
  send(id: string): void {
    if (this.sending.has(id)) return;
    const abort = new AbortController();
    this.sending.set(id, abort);
    const end = (index: number, outcome: SnapshotOutcome | undefined) => {
      this.sending.delete(id);
      if (!abort.signal.aborted) this.parts.onSent(id, index, outcome);
    };
    this.stream(id, abort.signal).then(
      ({ index, outcome }) => {
        if (outcome.installed) end(index, outcome);
        else this.parts.timers.after(this.parts.retryMs, () => end(index, outcome));
      },
      (error) => {
        this.parts.logger.error('failed to install snapshot', { id, error: String(error) });
        this.parts.timers.after(this.parts.retryMs, () => end(0, undefined));
      },
    );
  }

  /** Ends all transfers: this server leads no more, or stops. */
  abort(): void {
    for (const abort of this.sending.values()) abort.abort();
    this.sending.clear();
  }

  /** Takes a snapshot of the leader and installs it. */
  async receive(offer: SnapshotOffer, chunks: AsyncIterable<Uint8Array>): Promise<SnapshotOutcome> {
    const verdict = this.parts.consider(offer);
    if (verdict !== 'take') return { term: this.parts.term(), installed: verdict === 'held' };
    if (this.installing) throw new MeshError('unavailable', 'another snapshot is being installed');
    this.installing = true;
    try {
      const meta = await this.store(offer, chunks);
      await this.parts.install(meta);
      this.parts.logger.info('Installed remote snapshot', { index: meta.index });
      return { term: this.parts.term(), installed: true };
    } finally {
      this.installing = false;
    }
  }

  private async stream(
    id: string,
    signal: AbortSignal,
  ): Promise<{ index: number; outcome: SnapshotOutcome }> {
    const { snapshots, transport, serverId, logger } = this.parts;
    const meta = (await snapshots.list())[0] ?? (await this.parts.take());
    if (!meta) throw new MeshError('unavailable', 'there is no snapshot to send');
    const offer: SnapshotOffer = {
      ...{ term: this.parts.term(), from: serverId, to: id },
      position: positionOf(meta),
      sizeBytes: meta.sizeBytes,
    };
    logger.info('installing snapshot on', { peer: id, id: meta.id });
    const outcome = await transport.sendSnapshot(offer, snapshots.read(meta.id), signal);
    return { index: meta.index, outcome };
  }

  private async store(
    offer: SnapshotOffer,
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<SnapshotMeta> {
    const sink = await this.parts.snapshots.create(offer.position);
    try {
      let bytes = 0;
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > offer.sizeBytes) break;
        await sink.write(chunk);
      }
      if (bytes !== offer.sizeBytes) {
        const message = `a snapshot of ${offer.sizeBytes} bytes came with ${bytes}`;
        throw new MeshError('unavailable', message);
      }
      return await sink.finish();
    } catch (error) {
      await sink.abort().catch(() => {});
      throw error;
    }
  }
}

/** Where a snapshot stands in the log. */
export function positionOf(meta: SnapshotPosition): SnapshotPosition {
  const { index, term, configuration, configurationIndex } = meta;
  return { index, term, configuration, configurationIndex };
}
