import { RateLimit } from './rate-limit.ts';

/** How many of so many tries at one instant pass. */
function passing(limit: RateLimit, perSecond: number, nowMs: number, tries = 1000): number {
  return Array.from({ length: tries }, () => limit.take(perSecond, nowMs)).filter(Boolean).length;
}

describe('RateLimit', () => {
  it('lets a second worth pass at once, then as many as time allows', () => {
    const limit = new RateLimit();
    expect(passing(limit, 50, 7000)).toBe(50);
    expect(passing(limit, 50, 7019)).toBe(0);
    expect(passing(limit, 50, 7020)).toBe(1);
    expect(passing(limit, 50, 7520)).toBe(25);
    // What is not used is not saved beyond a second.
    expect(passing(limit, 50, 3_600_000)).toBe(50);
  });

  it('holds the average to less than one per second', () => {
    const limit = new RateLimit();
    let passed = 0;
    for (let nowMs = 0; nowMs < 100_000; nowMs += 250) if (limit.take(0.5, nowMs)) passed++;
    expect(passed).toBe(50);
  });

  it.each([0, -1])('knows no limit at %p', (perSecond) => {
    expect(passing(new RateLimit(), perSecond, 0)).toBe(1000);
  });

  it('gives nothing for time that goes back, and follows a changed setting', () => {
    const limit = new RateLimit();
    expect(passing(limit, 10, 5000)).toBe(10);
    expect(passing(limit, 10, 4000)).toBe(0);
    expect(passing(limit, 100, 5000)).toBe(100);
    expect(passing(limit, 10, 5100)).toBe(1);
  });
});
