/** Keeps the last bytes of an output and counts all: what a program says at its end tells most. */
export class OutputBuffer {
  private chunks: Buffer[] = [];
  private kept = 0;
  private total = 0;
  private readonly maxBytes: number;

  /** `maxBytes` is how much is kept, 0 or more. */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Bytes that came in so far, kept or not. */
  get totalBytes(): number {
    return this.total;
  }

  append(chunk: Buffer): void {
    this.total += chunk.length;
    this.chunks.push(chunk);
    this.kept += chunk.length;
    // At most twice as much as is kept, so that appending stays cheap and an endless output bounded.
    if (this.kept > 2 * this.maxBytes) {
      const tail = Buffer.from(this.tail());
      this.chunks = [tail];
      this.kept = tail.length;
    }
  }

  /** The kept output alone. */
  text(): string {
    const text = this.tail().toString();
    // The cut may have gone through a character.
    return this.total > this.maxBytes ? text.replace(/^\uFFFD+/, '') : text;
  }

  /** The kept output; says how much was cut where something was. */
  toString(): string {
    if (this.total <= this.maxBytes) return this.text();
    const keptBytes = Math.min(this.maxBytes, this.total);
    return `Captured ${keptBytes} of ${this.total} bytes\n...\n${this.text()}`;
  }

  private tail(): Buffer {
    const all = Buffer.concat(this.chunks);
    return all.subarray(Math.max(0, all.length - this.maxBytes));
  }
}
