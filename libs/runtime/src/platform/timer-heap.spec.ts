import { TimerHeap } from './timer-heap.ts';

describe('TimerHeap', () => {
  let nowMs: number;
  let errors: unknown[];
  let timers: TimerHeap;
  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    nowMs = 0;
    errors = [];
    timers = new TimerHeap(
      () => nowMs,
      (error) => errors.push(error),
    );
  });
  afterEach(() => jest.useRealTimers());

  function advance(ms: number): void {
    for (let step = 0; step < ms; step++) {
      nowMs++;
      jest.advanceTimersByTime(1);
    }
  }

  it('fires in order of deadline, never early', () => {
    const fired: [string, number][] = [];
    for (const [name, delayMs] of [
      ['c', 30],
      ['a', 10],
      ['b', 20],
    ] as const) {
      timers.after(delayMs, () => fired.push([name, nowMs]));
    }
    advance(40);
    expect(fired).toEqual([
      ['a', 10],
      ['b', 20],
      ['c', 30],
    ]);
    expect(timers.size).toBe(0);
  });

  it('leaves nothing behind when the last timer is cancelled', () => {
    const fired: string[] = [];
    const one = timers.after(60_000, () => fired.push('one'));
    const two = timers.after(90_000, () => fired.push('two'));
    one.cancel();
    expect(jest.getTimerCount()).toBe(1);
    two.cancel();
    two.cancel();
    expect([jest.getTimerCount(), timers.size]).toEqual([0, 0]);
    timers.after(10, () => fired.push('three'));
    advance(10);
    expect(fired).toEqual(['three']);
  });

  it('keeps to the order of a sorted model under random use', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed / 2147483648;
    };
    const fired: number[] = [];
    const expected: number[] = [];
    for (let at = 0; at < 5000; at++) {
      const delayMs = 1 + Math.floor(random() * 500);
      const timer = timers.after(delayMs, () => fired.push(delayMs));
      if (random() < 0.7) timer.cancel();
      else expected.push(delayMs);
    }
    advance(501);
    expect(fired).toEqual(expected.sort((a, b) => a - b));
    expect(timers.size).toBe(0);
  });

  it('does not keep cancelled timers', () => {
    for (let at = 0; at < 10_000; at++) timers.after(1e6, () => {}).cancel();
    const { heap } = timers as unknown as { heap: unknown[] };
    expect(heap.length).toBeLessThan(3000);
    expect(timers.size).toBe(0);
  });

  it('goes on after a callback that throws', () => {
    let ran = false;
    timers.after(1, () => {
      throw new Error('mine');
    });
    timers.after(1, () => {
      ran = true;
    });
    advance(2);
    expect(ran).toBe(true);
    expect(errors).toHaveLength(1);
  });

  it('a timer set by a callback fires too', () => {
    let ran = 0;
    timers.after(1, () => timers.after(1, () => ran++));
    advance(3);
    expect(ran).toBe(1);
  });
});
