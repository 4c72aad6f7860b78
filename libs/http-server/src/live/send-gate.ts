/** Bytes on their way to one client beyond which updates wait, and are then made anew from the newest state. */
const MAX_IN_FLIGHT_BYTES = 1024 * 1024;

/** Keeps what is buffered for one slow client bounded. */
export class SendGate {
  private inFlightBytes = 0;
  private waiting: (() => void)[] = [];

  get isOpen(): boolean {
    return this.inFlightBytes < MAX_IN_FLIGHT_BYTES;
  }

  /** Resolves when the gate is open, or closed for good. */
  opened(): Promise<void> {
    return this.isOpen ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve));
  }

  add(bytes: number): void {
    this.inFlightBytes += bytes;
  }

  remove(bytes: number): void {
    this.inFlightBytes -= bytes;
    if (this.isOpen) this.release();
  }

  /** Lets everybody go: the connection is gone. */
  release(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
