/** Things by the time at which they happen; at equal times in the order in which they came. */
export class TimeHeap<T> {
  private readonly times: number[] = [];
  private readonly orders: number[] = [];
  private readonly items: T[] = [];
  private pushed = 0;

  /** Infinity when there is nothing. */
  nextMs(): number {
    return this.times[0] ?? Number.POSITIVE_INFINITY;
  }

  push(timeMs: number, item: T): void {
    let at = this.times.length;
    this.times.push(timeMs);
    this.orders.push(this.pushed++);
    this.items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.precedes(at, parent)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  /** Takes what happens first. */
  pop(): T {
    const last = this.times.length - 1;
    this.swap(0, last);
    const item = this.items.pop() as T;
    this.times.pop();
    this.orders.pop();
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= last) return item;
      const least = left + 1 < last && this.precedes(left + 1, left) ? left + 1 : left;
      if (!this.precedes(least, at)) return item;
      this.swap(at, least);
      at = least;
    }
  }

  private precedes(one: number, other: number): boolean {
    if (this.times[one] !== this.times[other]) return this.times[one]! < this.times[other]!;
    return this.orders[one]! < this.orders[other]!;
  }

  private swap(one: number, other: number): void {
    const { times, orders, items } = this;
    [times[one], times[other]] = [times[other]!, times[one]!];
    [orders[one], orders[other]] = [orders[other]!, orders[one]!];
    [items[one], items[other]] = [items[other]!, items[one]!];
  }
}
