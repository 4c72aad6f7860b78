import type { Component, Platform, Timer } from '@mesh/base';
import type { StateStore } from '@mesh/state';
import { PENDING, type PendingRestore, pendingRestores } from './table.ts';

/** How often the leader looks at the restore that is under way, milliseconds. */
const LOOK_MS = 60_000;
/**
 * How long a restore may stand still, milliseconds: far longer than who sends it goes on trying. It is
 * verified before its begin, so nobody waits for a slow client meanwhile.
 */
const ABANDONED_MS = 10 * 60_000;

/** A restore as it was when it last went on. */
interface Sight {
  readonly beganAt: number;
  readonly receivedBytes: number;
  readonly atMs: number;
}

/**
 * Leader duty: drops the pieces of a restore whose sender is gone, which would stay in the tables and
 * in every snapshot of the log until somebody begins another.
 */
export class AbandonedRestores implements Component {
  readonly name = 'abandoned-restores';
  private timer: Timer | undefined;
  private sight: Sight | undefined;
  private readonly platform: Pick<Platform, 'clock' | 'timers'>;
  private readonly store: StateStore;
  private readonly abort: (id: string) => Promise<unknown>;

  /** `abort` writes through the log. */
  constructor(
    platform: Pick<Platform, 'clock' | 'timers'>,
    store: StateStore,
    abort: (id: string) => Promise<unknown>,
  ) {
    this.platform = platform;
    this.store = store;
    this.abort = abort;
  }

  async start(): Promise<void> {
    if (!this.timer) this.arm();
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    this.sight = undefined;
  }

  private arm(): void {
    this.timer = this.platform.timers.after(LOOK_MS, () => {
      this.arm();
      this.look();
    });
  }

  private look(): void {
    const pending = this.store.view().get(pendingRestores, PENDING);
    const nowMs = this.platform.clock.monotonicMs();
    if (!pending || !this.isWhereItWas(pending)) {
      this.sight = pending && {
        beganAt: pending.beganAt,
        receivedBytes: pending.receivedBytes,
        atMs: nowMs,
      };
      return;
    }
    if (nowMs - this.sight!.atMs < ABANDONED_MS) return;
    // Leadership may be lost: then the next leader looks. Otherwise the next look tries again.
    this.abort(pending.id).catch(() => {});
  }

  private isWhereItWas({ beganAt, receivedBytes }: PendingRestore): boolean {
    return this.sight?.beganAt === beganAt && this.sight.receivedBytes === receivedBytes;
  }
}
