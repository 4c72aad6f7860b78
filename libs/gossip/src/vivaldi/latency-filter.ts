/** Samples of a peer that the median is taken of. */
const WINDOW = 3;

/** Smooths the round-trip times of each peer: one slow answer alone moves nothing. */
export class LatencyFilter {
  private readonly samples = new Map<string, number[]>();

  /** Notes a sample and gives the median of the last three (of two, the larger); seconds. */
  filter(peer: string, seconds: number): number {
    const recent = [...(this.samples.get(peer) ?? []), seconds].slice(-WINDOW);
    this.samples.set(peer, recent);
    const sorted = recent.toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? seconds;
  }

  /** Drops what is kept of a peer that is gone. */
  forget(peer: string): void {
    this.samples.delete(peer);
  }

  /** Peers with samples. */
  get size(): number {
    return this.samples.size;
  }
}
