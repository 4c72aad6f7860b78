interface Scheduled {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Turns of the microtask queue after each event: longer than any chain of promises in a step. */
const MICROTASK_TURNS = 12;

/** Virtual time: events happen in order of their time, and between two of them promises settle. */
export class EventLoop {
  nowMs = 0;
  /** Events that have happened. */
  count = 0;
  private readonly heap: Scheduled[] = [];
  private orders = 0;

  /** Runs something after a delay; what is due at the same time runs in order of scheduling. */
  schedule(delayMs: number, run: () => void): void {
    this.push({ atMs: this.nowMs + Math.max(0, delayMs), order: this.orders++, run });
  }

  /** Lets events happen until a time, or until `isOver` says so. */
  async run(untilMs: number, isOver: () => boolean = () => false): Promise<void> {
    await settle();
    while (this.heap.length > 0 && this.heap[0]!.atMs <= untilMs) {
      const next = this.pop();
      this.nowMs = next.atMs;
      this.count++;
      next.run();
      await settle();
      if (isOver()) return;
    }
    this.nowMs = Math.max(this.nowMs, untilMs);
  }

  private push(item: Scheduled): void {
    const { heap } = this;
    let at = heap.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(heap[parent]!, item)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = item;
  }

  private pop(): Scheduled {
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

async function settle(): Promise<void> {
  for (let turn = 0; turn < MICROTASK_TURNS; turn++) await null;
}

function isBefore(one: Scheduled, other: Scheduled): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
