import type { ClientPlatform } from '../platform.ts';

/** Answers that may come at once after a quiet time. */
const BURST = 10;

/** Token bucket: on average so many a second, more for a moment. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #platform: ClientPlatform;
  #tokens = BURST;
  #filledAtMs: number;

  constructor(perSecond: number, platform: ClientPlatform) {
    this.#perSecond = perSecond;
    this.#platform = platform;
    this.#filledAtMs = platform.monotonicMs();
  }

  /** Resolves when there is room for one more; rejects with the signal's reason. */
  async take(signal: AbortSignal): Promise<void> {
    const nowMs = this.#platform.monotonicMs();
    const gained = ((nowMs - this.#filledAtMs) / 1000) * this.#perSecond;
    this.#tokens = Math.min(BURST, this.#tokens + gained) - 1;
    this.#filledAtMs = nowMs;
    if (this.#tokens >= 0) return;
    await this.#platform.sleep((-this.#tokens / this.#perSecond) * 1000, signal);
  }
}
