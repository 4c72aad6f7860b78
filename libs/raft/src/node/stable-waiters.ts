/** Callers that wait until a log index is on stable storage. */
export class StableWaiters {
  private waiting: { readonly index: number; resolve(): void }[] = [];

  wait(index: number): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push({ index, resolve });
    });
  }

  stable(upTo: number): void {
    if (this.waiting.length === 0) return;
    for (const { index, resolve } of this.waiting) if (index <= upTo) resolve();
    this.waiting = this.waiting.filter(({ index }) => index > upTo);
  }
}
