import * as fc from 'fast-check';
import { MAX_LAMPORT_TIME } from './lamport-clock.ts';
import { LamportRing, RING_SLOTS } from './lamport-ring.ts';

function ring(maxBytes = 1_000_000, maxPerSlot = 4): LamportRing<string> {
  const same = (a: string, b: string) => a === b;
  return new LamportRing({ same, bytesOf: (entry) => entry.length, maxBytes, maxPerSlot });
}

describe('LamportRing', () => {
  it('takes an entry of a time once', () => {
    const seen = ring();
    expect(seen.add(7, 'a', 8)).toBe(true);
    expect(seen.add(7, 'a', 8)).toBe(false);
    expect(seen.add(7, 'b', 8)).toBe(true);
    expect(seen.add(8, 'a', 9)).toBe(true);
  });

  it('counts what is more than 512 behind the clock as seen', () => {
    const seen = ring();
    expect(seen.add(100, 'a', 613)).toBe(false);
    expect(seen.add(101, 'a', 613)).toBe(true);
    expect(ring().add(1, 'a', 512)).toBe(true);
    expect(ring().add(0, 'a', 513)).toBe(false);
    expect(ring().add(1, 'a', 513)).toBe(true);
  });

  it('gives a slot to another time', () => {
    const seen = ring();
    seen.add(3, 'old', 4);
    expect(seen.add(3 + RING_SLOTS, 'new', 4 + RING_SLOTS)).toBe(true);
    expect(seen.contents()[3]).toMatchObject({ lamportTime: 515, entries: ['new'] });
  });

  it('has 512 slots, empty or not', () => {
    expect(ring().contents()).toEqual(new Array(512).fill(undefined));
  });

  it('takes nothing from before a time', () => {
    const seen = ring();
    seen.ignoreBefore(10);
    seen.ignoreBefore(5);
    expect([seen.add(9, 'a', 10), seen.add(10, 'a', 11)]).toEqual([false, true]);
  });

  it('does not believe times near the end of numbers', () => {
    const seen = ring();
    seen.ignoreBefore(Number.MAX_SAFE_INTEGER);
    expect(seen.minTime).toBe(0);
    expect(seen.add(MAX_LAMPORT_TIME + 1, 'a', 1)).toBe(false);
  });

  it('refuses more of one time than it may hold', () => {
    const seen = ring(1000, 2);
    expect([seen.add(1, 'a', 2), seen.add(1, 'b', 2), seen.add(1, 'c', 2)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('drops the oldest times when full, and then counts them as seen', () => {
    const seen = ring(10);
    seen.add(1, 'aaaa', 2);
    seen.add(2, 'bbbb', 3);
    expect(seen.add(3, 'cccc', 4)).toBe(true);
    expect(seen.minTime).toBe(2);
    expect([seen.add(1, 'aaaa', 4), seen.add(2, 'bbbb', 4)]).toEqual([false, false]);
    expect(seen.contents()[1]).toBeUndefined();
  });

  it('never takes the same twice nor holds more than it may', () => {
    const step = fc.tuple(fc.nat({ max: 2000 }), fc.constantFrom('a', 'bb', 'ccc'));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const seen = ring(50, 2);
        const taken = new Set<string>();
        let clock = 1;
        for (const [time, entry] of steps) {
          clock = Math.max(clock, time + 1);
          if (!seen.add(time, entry, clock)) continue;
          if (taken.has(`${time} ${entry}`)) return false;
          taken.add(`${time} ${entry}`);
        }
        const held = seen.contents().flatMap((slot) => slot?.entries ?? []);
        return held.join('').length <= 50;
      }),
    );
  });
});
