/** Something that happens at a time. */
interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * Virtual time without promises: what is due happens in order of its time, of equal times in the order in which it
 * was entered. A binary heap; a million entries a second.
 */
export class Agenda {
  nowMs = 0;
  /** Entries that have happened. */
  count = 0;
  private readonly heap: Entry[] = [];
  private orders = 0;

  /** Entries that wait. */
  get length(): number {
    return this.heap.length;
  }

  /** Enters something at a time; what would have been in the past happens now. */
  at(atMs: number, run: () => void): void {
    const entry = { atMs: Math.max(this.nowMs, atMs), order: this.orders++, run };
    const { heap } = this;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(heap[parent]!, entry)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  /** Enters something after a delay. */
  after(delayMs: number, run: () => void): void {
    this.at(this.nowMs + delayMs, run);
  }

  /** Lets time pass until `untilMs`, or until `isOver`, asked after each entry, says so. */
  run(untilMs: number, isOver: () => boolean = never): void {
    while (this.heap.length > 0 && this.heap[0]!.atMs <= untilMs) {
      const { atMs, run } = this.pop();
      this.nowMs = atMs;
      this.count++;
      run();
      if (isOver()) return;
    }
    this.nowMs = Math.max(this.nowMs, untilMs);
  }

  private pop(): Entry {
    const { heap } = this;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (isBefore(last, heap[child]!)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function never(): boolean {
  return false;
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
