import { Broadcasts } from './broadcasts.ts';

function setUp(nodeCount = 3) {
  return new Broadcasts({
    retransmitMult: 4,
    nodeCount: () => nodeCount,
    maxDepth: 10,
    maxBytes: () => 100,
  });
}

const message = (length: number, first = 0) => new Uint8Array(length).fill(first);

describe('Broadcasts', () => {
  it('gives intents, then queries, then events, as there is room', () => {
    const broadcasts = setUp();
    broadcasts.queue('event', message(10, 3));
    broadcasts.queue('query', message(10, 2));
    broadcasts.queue('intent', message(10, 1));
    expect(broadcasts.take(3, 100).map(([first]) => first)).toEqual([1, 2, 3]);
    expect(broadcasts.take(3, 26).map(([first]) => first)).toEqual([1, 2]);
    expect(broadcasts.take(3, 12)).toEqual([]);
    expect(broadcasts.depths()).toEqual({ intent: 1, query: 1, event: 1 });
  });

  it('gives each message four times in a small pool, then tells', () => {
    const broadcasts = setUp();
    let done = 0;
    broadcasts.queue('intent', message(10), () => {
      done += 1;
    });
    const taken = Array.from({ length: 5 }, () => broadcasts.take(3, 100).length);
    expect([taken, done, broadcasts.isEmpty]).toEqual([[1, 1, 1, 1, 0], 1, true]);
  });

  it('takes nothing that no packet can carry', () => {
    const broadcasts = setUp();
    let done = 0;
    broadcasts.queue('event', message(101), () => {
      done += 1;
    });
    broadcasts.queue('event', message(100));
    expect([done, broadcasts.depths().event]).toEqual([1, 1]);
  });

  it('is pruned to its depth, or twice the members when they are many', () => {
    for (const [nodeCount, expected] of [
      [3, 10],
      [8, 16],
    ] as const) {
      const broadcasts = setUp(nodeCount);
      for (let index = 0; index < 19; index += 1) broadcasts.queue('event', message(10));
      broadcasts.prune();
      expect(broadcasts.depths().event).toBe(expected);
    }
  });

  it('never holds more than twice its depth', () => {
    const broadcasts = setUp();
    for (let index = 0; index < 1000; index += 1) broadcasts.queue('event', message(10));
    expect(broadcasts.depths().event).toBeLessThanOrEqual(20);
  });
});
