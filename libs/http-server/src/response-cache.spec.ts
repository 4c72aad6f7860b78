import type { Freshness } from '@mesh/resource';
import fc from 'fast-check';
import { type CachedReply, ResponseCache } from './response-cache.ts';

class Switch implements Freshness {
  private fresh = true;
  readonly callbacks = new Set<() => void>();
  isFresh = () => this.fresh;
  onStale(callback: () => void): () => void {
    this.callbacks.add(callback);
    return () => this.callbacks.delete(callback);
  }
  expire(): void {
    this.fresh = false;
    for (const callback of [...this.callbacks]) callback();
  }
}

function reply(freshness: Freshness, bodyBytes = 10): CachedReply {
  const rendered = {
    status: 200,
    head: [],
    headText: '',
    body: '',
    encoding: 'latin1' as const,
    bodyBytes,
  };
  return { rendered, index: 1, freshness, metric: '' };
}

describe('ResponseCache', () => {
  test('an entry goes when its answer no longer holds', () => {
    const cache = new ResponseCache();
    const freshness = new Switch();
    cache.put('/a', reply(freshness));
    expect(cache.get('/a')).toBeDefined();
    freshness.expire();
    expect(cache.get('/a')).toBeUndefined();
    expect([cache.size, cache.sizeBytes, freshness.callbacks.size]).toEqual([0, 0, 0]);
  });

  test('does not trust the notification alone', () => {
    const cache = new ResponseCache();
    let fresh = true;
    cache.put('/a', reply({ isFresh: () => fresh, onStale: () => () => {} }));
    fresh = false;
    expect(cache.get('/a')).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  test('a late notification leaves a newer entry alone', () => {
    const cache = new ResponseCache();
    const [old, young] = [new Switch(), new Switch()];
    cache.put('/a', reply(old));
    cache.put('/a', reply(young));
    old.expire();
    expect(cache.get('/a')?.freshness).toBe(young);
  });

  test('takes no stale answer and none of an eighth of its room', () => {
    const cache = new ResponseCache({ maxEntries: 10, maxBytes: 80_000 });
    const stale = new Switch();
    stale.expire();
    cache.put('/a', reply(stale));
    cache.put('/b', reply(new Switch(), 10_000));
    expect(cache.size).toBe(0);
  });

  test('evicts what was not used, with its subscription', () => {
    const cache = new ResponseCache({ maxEntries: 3, maxBytes: 1e9 });
    const switches = [0, 1, 2, 3].map(() => new Switch());
    for (const at of [0, 1, 2]) cache.put(`/${at}`, reply(switches[at]!));
    cache.get('/0');
    cache.put('/3', reply(switches[3]!));
    expect([0, 1, 2, 3].map((at) => cache.get(`/${at}`) !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(switches[1]!.callbacks.size).toBe(0);
  });

  test('keeps its limits and its books whatever happens', () => {
    const action = fc.record({
      kind: fc.constantFrom('put', 'get', 'expire'),
      key: fc.integer({ min: 0, max: 12 }),
      bytes: fc.integer({ min: 0, max: 3000 }),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 100 }), (actions) => {
        const cache = new ResponseCache({ maxEntries: 5, maxBytes: 40_000 });
        const current = new Map<number, Switch>();
        for (const { kind, key, bytes } of actions) {
          if (kind === 'put') {
            current.set(key, new Switch());
            cache.put(`/${key}`, reply(current.get(key)!, bytes));
          } else if (kind === 'get') {
            const found = cache.get(`/${key}`);
            if (found) expect(found.freshness).toBe(current.get(key));
          } else current.get(key)?.expire();
          expect(cache.size).toBeLessThanOrEqual(5);
          expect(cache.sizeBytes).toBeLessThanOrEqual(40_000);
        }
        cache.clear();
        expect([cache.size, cache.sizeBytes]).toEqual([0, 0]);
      }),
    );
  });
});
