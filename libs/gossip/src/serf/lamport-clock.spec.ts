import { LamportClock, MAX_LAMPORT_TIME } from './lamport-clock.ts';

describe('LamportClock', () => {
  it('starts at 1 and counts by taking', () => {
    const clock = new LamportClock();
    expect([clock.time, clock.next(), clock.next(), clock.time]).toEqual([1, 1, 2, 3]);
  });

  it.each([
    [0, 1],
    [-1, 1],
    [1, 2],
    [2, 3],
    [41, 42],
    [MAX_LAMPORT_TIME, MAX_LAMPORT_TIME + 1],
  ])('after it witnessed %d is at %d', (time, expected) => {
    const clock = new LamportClock();
    clock.witness(time);
    expect(clock.time).toBe(expected);
  });

  it('ignores what lies behind it', () => {
    const clock = new LamportClock();
    clock.witness(10);
    clock.witness(9);
    clock.witness(10);
    expect(clock.time).toBe(11);
  });

  it('does not believe times near the end of numbers', () => {
    const clock = new LamportClock();
    clock.witness(MAX_LAMPORT_TIME + 1);
    clock.witness(Number.MAX_SAFE_INTEGER);
    expect(clock.time).toBe(1);
  });
});
