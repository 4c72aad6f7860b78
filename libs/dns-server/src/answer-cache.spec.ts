import { describeMessage, encodeQuery, parseQuery, TYPE } from '@mesh/dns';
import { AnswerCache } from './answer-cache.ts';
import { KeptAnswer, type Validity } from './kept-answer.ts';
import { testPlatform } from './testing/world.ts';

const { random } = testPlatform();

class Switch implements Validity {
  private fresh = true;
  readonly waiting = new Set<() => void>();

  isFresh(): boolean {
    return this.fresh;
  }

  onStale(callback: () => void): () => void {
    this.waiting.add(callback);
    return () => this.waiting.delete(callback);
  }

  expire(): void {
    this.fresh = false;
    for (const callback of [...this.waiting]) callback();
  }
}

function query(name: string, id = 1): Uint8Array {
  return encodeQuery({ id, name, type: TYPE.A, udpBytes: 1232 })!;
}

function put(cache: AnswerCache, message: Uint8Array, groups: number, validity = new Switch()) {
  const parsed = parseQuery(message);
  if (parsed.kind !== 'query') throw new Error('not a query');
  const build = (key: KeptAnswer['key']) => {
    const resolution = {
      rcode: 0,
      groups: Array.from({ length: groups }, (_, at) => ({
        answers: [
          {
            type: TYPE.A,
            name: parsed.query.question.name,
            ttlS: 0,
            address: Uint8Array.of(10, 0, 0, at),
          },
        ],
        additional: [],
      })),
      authority: [],
      shuffle: true,
      maxGroups: 0,
      globalScope: true,
    };
    const options = {
      transport: 'udp' as const,
      authoritative: true,
      recursionAvailable: false,
      compress: true,
      udpAnswerLimit: 3,
      enableTruncate: false,
      random,
    };
    return new KeptAnswer(key, parsed.query, resolution, options, [validity]);
  };
  // Kept the second time.
  for (let times = 0; times < 2; times++) cache.put(message, build);
  return validity;
}

test('an answer takes on the id and the case of each query', () => {
  const cache = new AnswerCache(true);
  put(cache, query('web.consul.', 1), 1);
  const asked = query('WeB.cOnsul.', 0x1234);
  const text = describeMessage(cache.get(asked)!.answer(asked));
  expect(text.id).toBe(0x1234);
  expect(text.question).toEqual(['WeB.cOnsul. IN A']);
  expect(text.answer).toEqual(['WeB.cOnsul. 0 IN A 10.0.0.0']);
});

test('an answer leaves when what it was read from changes, and stops watching it', () => {
  const cache = new AnswerCache(true);
  const validity = put(cache, query('a.'), 1);
  const other = put(cache, query('b.'), 1);
  expect(cache.size).toBe(2);
  validity.expire();
  expect(cache.get(query('a.'))).toBeUndefined();
  expect(cache.get(query('b.'))).toBeDefined();
  expect(validity.waiting.size).toBe(0);
  cache.clear();
  expect(other.waiting.size).toBe(0);
  expect([cache.size, cache.sizeBytes]).toEqual([0, 0]);
});

test('what is stale already is not kept', () => {
  const cache = new AnswerCache(true);
  const stale = new Switch();
  stale.expire();
  put(cache, query('a.'), 1, stale);
  expect(cache.size).toBe(0);
});

test('the same query again takes the place of its answer', () => {
  const cache = new AnswerCache(true);
  const first = put(cache, query('a.'), 1);
  put(cache, query('A.', 9), 2);
  expect(cache.size).toBe(1);
  expect(first.waiting.size).toBe(0);
});

test('a flood of others does not push out what is in use', () => {
  const cache = new AnswerCache(true, { sets: 16, maxBytes: 1e9 });
  put(cache, query('hot.'), 1);
  for (let at = 0; at < 10_000; at++) {
    put(cache, query(`n${at}.`), 1);
    expect(cache.get(query('hot.'))).toBeDefined();
  }
  expect(cache.size).toBeLessThanOrEqual(64);
});

test('bytes are bounded', () => {
  const cache = new AnswerCache(true, { sets: 256, maxBytes: 100_000 });
  for (let at = 0; at < 1000; at++) put(cache, query(`n${at}.`), 4);
  expect(cache.sizeBytes).toBeLessThanOrEqual(100_000);
  expect(cache.size).toBeGreaterThan(10);
});

test('every instance gets its share of first places', () => {
  const cache = new AnswerCache(true);
  const message = query('web.');
  put(cache, message, 10);
  const shares = new Map<string, number>();
  for (let round = 0; round < 5000; round++) {
    const first = describeMessage(cache.get(message)!.answer(message)).answer[0]!;
    shares.set(first, (shares.get(first) ?? 0) + 1);
  }
  expect(shares.size).toBe(10);
  for (const share of shares.values()) {
    expect(share).toBeGreaterThan(250);
    expect(share).toBeLessThan(900);
  }
});

test('what is asked once is not kept', () => {
  const cache = new AnswerCache(true);
  const build = () => {
    throw new Error('built');
  };
  expect(cache.put(query('once.'), build)).toBeUndefined();
  expect(cache.put(query('another.'), build)).toBeUndefined();
  expect(cache.get(query('once.'))).toBeUndefined();
  expect(() => cache.put(query('Once.'), build)).toThrow('built');
});
