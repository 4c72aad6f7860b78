import {
  type Component,
  type Logger,
  MeshError,
  type Metrics,
  type Timer,
  type Timers,
} from '@mesh/base';
import { coordinateKey } from './table.ts';
import type { NodeCoordinate } from './types.ts';

/** Limits of the batcher. */
export interface BatchLimits {
  /** Milliseconds between two flushes. @default 5000 */
  readonly periodMs: number;
  /** Updates in one log entry. @default 128 */
  readonly batchUpdates: number;
  /**
   * Log entries a period. Above batches x updates nodes a period, the rest is dropped. @default 5
   */
  readonly batchesPerPeriod: number;
}

/**
 * Coordinates drift slowly and are estimates; these keep 10,000 nodes from filling the log with
 * them.
 */
export const DEFAULT_BATCH_LIMITS: BatchLimits = {
  periodMs: 5000,
  batchUpdates: 128,
  batchesPerPeriod: 5,
};

/** What the batcher needs. */
export interface BatcherParts {
  readonly timers: Timers;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Writes one log entry. */
  readonly propose: (updates: readonly NodeCoordinate[]) => Promise<unknown>;
}

/**
 * Gathers coordinate updates on the leader and writes them in batches. The last update of a node in
 * a period wins; the rest is lost on a crash, which costs nothing: nodes report again within
 * seconds.
 */
export class CoordinateBatcher implements Component {
  readonly name = 'coordinate-batcher';
  private pending = new Map<string, NodeCoordinate>();
  private dropped = 0;
  private timer: Timer | undefined;
  private running = false;
  private readonly parts: BatcherParts;
  private readonly limits: BatchLimits;

  constructor(parts: BatcherParts, limits: BatchLimits = DEFAULT_BATCH_LIMITS) {
    this.parts = parts;
    this.limits = limits;
  }

  /** Updates waiting for the next flush. */
  get size(): number {
    return this.pending.size;
  }

  async start(): Promise<void> {
    this.running = true;
  }

  /** Stops and forgets what is pending. */
  async stop(): Promise<void> {
    this.running = false;
    this.timer?.cancel();
    this.timer = undefined;
    this.pending.clear();
    this.dropped = 0;
  }

  /** Takes an update for the next flush; drops it when not running or when the period is full. */
  add(update: NodeCoordinate): void {
    if (!this.running) return;
    const key = coordinateKey(update.Node, update.Segment);
    const capacity = this.limits.batchUpdates * this.limits.batchesPerPeriod;
    if (this.pending.size >= capacity && !this.pending.has(key)) {
      this.dropped++;
      return;
    }
    this.pending.set(key, update);
    // Armed by the first update of a period: an idle server has no timer running.
    this.timer ??= this.parts.timers.after(this.limits.periodMs, () => this.flush());
  }

  private flush(): void {
    this.timer = undefined;
    const updates = [...this.pending.values()];
    this.pending = new Map();
    if (this.dropped > 0) {
      this.parts.logger.warn('discarded coordinate updates over the limit', {
        dropped: this.dropped,
      });
      this.parts.metrics.count('catalog.coordinate.dropped', this.dropped);
      this.dropped = 0;
    }
    for (let at = 0; at < updates.length; at += this.limits.batchUpdates) {
      const batch = updates.slice(at, at + this.limits.batchUpdates);
      this.parts.propose(batch).catch((error) => {
        this.parts.logger.warn('coordinate update failed', {
          error: MeshError.from(error).message,
        });
      });
    }
  }
}
