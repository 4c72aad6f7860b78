import { LAN_CONFIG, WAN_CONFIG } from '../config.ts';
import { Suspicion, suspicionTimes } from './suspicion.ts';
import { Suspicions } from './suspicions.ts';

describe('suspicionTimes', () => {
  it.each([
    // nodes, shortest, longest, confirmations wanted
    [1, 4000, 24_000, 0],
    [3, 4000, 24_000, 0],
    [4, 4000, 24_000, 2],
    [10, 4000, 24_000, 2],
    [100, 8000, 48_000, 2],
    // The scale is cut to three decimals: log10(50) is 1.69897.
    [50, 6792, 40_752, 2],
    [1000, 12_000, 72_000, 2],
  ])('of %i nodes on a LAN', (nodes, minMs, maxMs, wanted) => {
    expect(suspicionTimes(LAN_CONFIG, nodes)).toEqual({ minMs, maxMs, wanted });
  });

  it('of the WAN', () => {
    expect(suspicionTimes(WAN_CONFIG, 10)).toEqual({ minMs: 30_000, maxMs: 180_000, wanted: 4 });
  });
});

describe('Suspicion', () => {
  const accusation = { node: 'x', incarnation: 1, from: 'a' };

  it('gets shorter with each new accuser, by the logarithm of their number', () => {
    const times = suspicionTimes(LAN_CONFIG, 1000);
    const suspicion = new Suspicion(accusation, times, 1000);
    expect(suspicion.deadlineMs).toBe(73_000);
    expect(suspicion.confirm('a')).toBe(false);
    expect(suspicion.confirm('b')).toBe(true);
    // max - (max - min) * ln 2 / ln 3
    expect(suspicion.deadlineMs).toBe(
      1000 + Math.floor(72_000 - 60_000 * (Math.LN2 / Math.log(3))),
    );
    expect(suspicion.confirm('b')).toBe(false);
    expect(suspicion.confirm('c')).toBe(true);
    expect(suspicion.deadlineMs).toBe(13_000);
    expect(suspicion.confirm('d')).toBe(false);
    expect(suspicion.deadlineMs).toBe(13_000);
  });

  it('is short at once where nobody could confirm it', () => {
    const suspicion = new Suspicion(accusation, suspicionTimes(LAN_CONFIG, 3), 0);
    expect(suspicion.deadlineMs).toBe(4000);
    expect(suspicion.confirm('b')).toBe(false);
  });
});

describe('Suspicions', () => {
  it('are due in their time, and again after a confirmation moved one', () => {
    const suspicions = new Suspicions();
    const times = { minMs: 1000, maxMs: 6000, wanted: 1 };
    expect(suspicions.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
    suspicions.start({ kind: 'suspect', node: 'x', incarnation: 1, from: 'a' }, times, 0);
    suspicions.start({ kind: 'suspect', node: 'y', incarnation: 1, from: 'a' }, times, 100);
    expect(suspicions.nextDeadlineMs()).toBe(6000);
    suspicions.confirm(suspicions.get('y')!, 'b');
    expect(suspicions.nextDeadlineMs()).toBe(1100);
    expect(suspicions.takeDue(1099)).toEqual([]);
    expect(suspicions.takeDue(1100).map(({ node }) => node)).toEqual(['y']);
    suspicions.cancel('x');
    expect(suspicions.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
  });
});
