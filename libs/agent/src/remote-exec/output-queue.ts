import type { Timer, Timers } from '@mesh/base';

/** Largest piece, bytes. */
export const PIECE_BYTES = 4096;
/** A smaller piece goes out when nothing has been added to it for this long, milliseconds. */
const IDLE_MS = 500;
/** Bytes that may wait; beyond them `push` says to stop. */
const MAX_WAITING_BYTES = 64 * 1024;

/** Output of a program on its way to a slower reader, in pieces. One reader at a time. */
export class OutputQueue {
  private readonly timers: Timers;
  private chunks: Uint8Array[] = [];
  private bytes = 0;
  private isEnded = false;
  private isDiscarding = false;
  private changed: (() => void) | undefined;

  constructor(timers: Timers) {
    this.timers = timers;
  }

  /** Whether nothing waits and nothing will come. */
  get isOver(): boolean {
    return this.isEnded && this.bytes === 0;
  }

  /** Whether the writer should pause until pieces were taken. */
  get isFull(): boolean {
    return this.bytes > MAX_WAITING_BYTES;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0 || this.isEnded || this.isDiscarding) return;
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    this.changed?.();
  }

  /** Drops what waits and what is still to come: from now on it is as if there were no output. */
  discard(): void {
    this.isDiscarding = true;
    this.chunks = [];
    this.bytes = 0;
  }

  /** No more will come. */
  end(): void {
    this.isEnded = true;
    this.changed?.();
  }

  /**
   * The next piece; an empty one when there was no output for `waitMs`, undefined at the end. A full piece
   * comes at once, a smaller one when the output pauses or ends.
   */
  async next(waitMs: number): Promise<Uint8Array | undefined> {
    let isQuiet = this.bytes === 0 && (await this.pauses(waitMs));
    if (isQuiet) return new Uint8Array(0);
    while (!this.isEnded && this.bytes < PIECE_BYTES && !isQuiet) {
      isQuiet = await this.pauses(IDLE_MS);
    }
    return this.bytes === 0 ? undefined : this.take();
  }

  /** True when nothing happens for that long, false as soon as something does. */
  private pauses(forMs: number): Promise<boolean> {
    if (this.isEnded) return Promise.resolve(false);
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      const done = (isQuiet: boolean) => {
        timer?.cancel();
        this.changed = undefined;
        resolve(isQuiet);
      };
      timer = this.timers.after(forMs, () => done(true));
      this.changed = () => done(false);
    });
  }

  private take(): Uint8Array {
    const piece = new Uint8Array(Math.min(this.bytes, PIECE_BYTES));
    let filled = 0;
    while (filled < piece.length) {
      const chunk = this.chunks[0]!;
      const part = chunk.subarray(0, piece.length - filled);
      piece.set(part, filled);
      filled += part.length;
      if (part.length === chunk.length) this.chunks.shift();
      else this.chunks[0] = chunk.subarray(part.length);
    }
    this.bytes -= filled;
    return piece;
  }
}
