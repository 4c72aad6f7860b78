/**
 * What the outside world gives to code that has no outside world of its own. `runtime` holds the only
 * real implementations; simulation holds seeded ones.
 */

/** Two clocks: one that people read, one that only moves forward. */
export interface Clock {
  /** Wall-clock time, milliseconds since the Unix epoch. May jump either way. */
  nowMs(): number;
  /** Milliseconds since an arbitrary start; never goes backward. Use it for every duration. */
  monotonicMs(): number;
}

/** A pending callback. `cancel` is idempotent. */
export interface Timer {
  cancel(): void;
}

/** One-shot timers. Implementations may coalesce and fire up to 10 ms late, never early. */
export interface Timers {
  after(delayMs: number, callback: () => void): Timer;
}

/** Source of randomness. */
export interface Random {
  /** Uniform in [0, 1). */
  float(): number;
  /** Unpredictable bytes. */
  bytes(count: number): Uint8Array;
  /** Random UUID (RFC 4122 version 4), lower case. */
  uuid(): string;
}

/** Something with a life: constructors do nothing observable, `start` and `stop` are idempotent. */
export interface Component {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The parts of the platform that most components need. */
export interface Platform {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
}
