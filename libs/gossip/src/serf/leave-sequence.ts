/** What the leave does, step by step. */
export interface LeaveSteps {
  /** Tells the others that this member will leave; `onSent` once it was told often enough. */
  announce(nowMs: number, onSent: () => void): void;
  /** Has the layer below leave; `swimLeft` is to follow. */
  leaveSwim(nowMs: number): void;
  /** The leave is complete. */
  finish(nowMs: number): void;
  /** Whether anybody else is there to hear it. */
  hasAudience(): boolean;
}

type Phase = 'none' | 'announcing' | 'leaving' | 'spreading' | 'done';

/**
 * An orderly leave (gossip-wire.md 5.2): the intent, so that the others know it for a leave, then the
 * death notice of the layer below, then time for both to get around. No step is waited for longer than its limit.
 */
export class LeaveSequence {
  private readonly steps: LeaveSteps;
  private readonly broadcastTimeoutMs: number;
  private readonly propagateMs: number;
  private phase: Phase = 'none';
  private deadlineMs = Number.POSITIVE_INFINITY;
  private announced = false;
  private swimIsOut = false;

  /**
   * @param limits `broadcastTimeoutMs`: longest wait for a message to be sent; `leavePropagateMs`: wait after
   * the last one
   */
  constructor(
    steps: LeaveSteps,
    limits: { readonly broadcastTimeoutMs: number; readonly leavePropagateMs: number },
  ) {
    this.steps = steps;
    this.broadcastTimeoutMs = limits.broadcastTimeoutMs;
    this.propagateMs = limits.leavePropagateMs;
  }

  /** Whether the leave has begun, or is complete. */
  get hasBegun(): boolean {
    return this.phase !== 'none';
  }

  /** When `advance` is wanted next; Infinity when only a message is waited for, or nothing. */
  get nextDeadlineMs(): number {
    return this.deadlineMs;
  }

  /** Begins; without effect when it has begun. */
  begin(nowMs: number): void {
    if (this.hasBegun) return;
    this.enter('announcing', nowMs + this.broadcastTimeoutMs);
    this.announced = !this.steps.hasAudience();
    this.steps.announce(nowMs, () => {
      this.announced = true;
    });
    this.advance(nowMs);
  }

  /** The layer below has told its leave, or gave up. */
  swimLeft(): void {
    this.swimIsOut = true;
  }

  /** Goes on where a step is complete or took too long. */
  advance(nowMs: number): void {
    if (this.phase === 'announcing' && (this.announced || nowMs >= this.deadlineMs)) {
      this.enter('leaving', nowMs + this.broadcastTimeoutMs);
      this.steps.leaveSwim(nowMs);
    }
    if (this.phase === 'leaving' && (this.swimIsOut || nowMs >= this.deadlineMs)) {
      // Nobody is waited for where nobody listens.
      this.enter('spreading', nowMs + (this.steps.hasAudience() ? this.propagateMs : 0));
    }
    if (this.phase === 'spreading' && nowMs >= this.deadlineMs) {
      this.enter('done', Number.POSITIVE_INFINITY);
      this.steps.finish(nowMs);
    }
  }

  private enter(phase: Phase, deadlineMs: number): void {
    this.phase = phase;
    this.deadlineMs = deadlineMs;
  }
}
