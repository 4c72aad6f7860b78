import type { Clock, Logger, Metrics, Random, Timer, Timers } from '@mesh/base';
import { MeshError } from '@mesh/base';
import type { RaftLimits } from '../node-options.ts';
import type { SnapshotMeta, SnapshotPosition, SnapshotStore } from '../snapshot-store.ts';
import type { StateMachine } from '../state-machine.ts';

/** What snapshots are made from. */
export interface SnapshotterParts {
  readonly snapshots: SnapshotStore;
  readonly machine: StateMachine;
  readonly platform: {
    readonly clock: Clock;
    readonly timers: Timers;
    readonly random: Pick<Random, 'float'>;
  };
  readonly defer: (callback: () => void) => void;
  readonly limits: RaftLimits;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Where the state machine stands at this moment. */
  position(): SnapshotPosition;
  /** A snapshot is on stable storage: the log before it may go, but for the trailing entries. */
  onTaken(meta: SnapshotMeta): void;
}

/** Takes snapshots of the state machine while it goes on (Raft paper, section 7). */
export class Snapshotter {
  private lastMeta: SnapshotPosition;
  private timer: Timer | undefined;
  private running: Promise<SnapshotMeta | undefined> | undefined;
  private readonly parts: SnapshotterParts;

  constructor(parts: SnapshotterParts, last: SnapshotPosition) {
    this.parts = parts;
    this.lastMeta = last;
  }

  /** Position of the newest snapshot. */
  get last(): SnapshotPosition {
    return this.lastMeta;
  }

  start(): void {
    const { platform, limits } = this.parts;
    const waitMs = limits.snapshotIntervalMs * (1 + platform.random.float());
    this.timer = platform.timers.after(waitMs, () => {
      this.start();
      const { index } = this.parts.position();
      if (index - this.lastMeta.index < limits.snapshotThreshold) return;
      this.take().catch(() => {});
    });
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    await this.running?.catch(() => {});
  }

  /** One at a time; a call while one is taken joins it. Undefined when nothing changed since the last. */
  take(): Promise<SnapshotMeta | undefined> {
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  /** A snapshot of the leader took the place of the state. */
  installed(position: SnapshotPosition): void {
    if (position.index > this.lastMeta.index) this.lastMeta = position;
  }

  private async run(): Promise<SnapshotMeta | undefined> {
    const { snapshots, machine, logger, metrics, platform } = this.parts;
    const position = this.parts.position();
    if (position.index <= this.lastMeta.index) return undefined;
    const startedMs = platform.clock.monotonicMs();
    // Position and capture belong together: nothing may be applied in between.
    const chunks = machine.capture();
    logger.info('starting snapshot up to', { index: position.index });
    const sink = await snapshots.create(position);
    try {
      for (const chunk of chunks) {
        await sink.write(chunk);
        await this.turn();
      }
      const meta = await sink.finish();
      metrics.sample('raft.snapshot.persist', platform.clock.monotonicMs() - startedMs);
      logger.info('snapshot complete up to', { index: meta.index });
      this.installed(meta);
      this.parts.onTaken(meta);
      return meta;
    } catch (cause) {
      await sink.abort().catch(() => {});
      const error = MeshError.from(cause);
      logger.error('failed to take snapshot', { error: error.message });
      throw error;
    }
  }

  /** Lets other input be handled between two chunks. */
  private turn(): Promise<void> {
    return new Promise((resolve) => this.parts.defer(resolve));
  }
}
