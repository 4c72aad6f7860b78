/** Keeps the last bytes of an output and counts all: what a script says at its end tells most. */
export class OutputBuffer {
  private chunks: Buffer[] = [];
  private kept = 0;
  private total = 0;
  private readonly maxBytes: number;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  append(chunk: Buffer): void {
    this.total += chunk.length;
    this.chunks.push(chunk);
    this.kept += chunk.length;
    // Whole chunks that no longer count go at once, so that an endless output stays bounded.
    while (this.chunks.length > 1 && this.kept - this.chunks[0]!.length >= this.maxBytes) {
      this.kept -= this.chunks.shift()!.length;
    }
  }

  /** The kept output; says how much was cut where something was. */
  toString(): string {
    const all = Buffer.concat(this.chunks);
    if (this.total <= this.maxBytes) return all.toString();
    const tail = all.subarray(Math.max(0, all.length - this.maxBytes));
    const text = tail.toString().replace(/^\uFFFD+/, '');
    return `Captured ${tail.length} of ${this.total} bytes\n...\n${text}`;
  }
}
