import { ParsedQuery } from './query-parameters.ts';
import { parseCacheControl, parseReadRequest } from './read-options.ts';

const OPTIONS = { blocking: true, cacheable: true, maxWaitMs: 600_000 };

function parse(query: string, header?: string, options = OPTIONS) {
  return parseReadRequest(new ParsedQuery(query), header, options);
}

describe('parseReadRequest', () => {
  test('consistency', () => {
    expect(parse('').consistency).toBe('default');
    expect(parse('stale').consistency).toBe('stale');
    expect(parse('consistent').consistency).toBe('consistent');
    expect(parse('max_stale=10s')).toMatchObject({ consistency: 'stale', maxStaleMs: 10_000 });
  });

  test('index and wait', () => {
    expect(parse('index=7&wait=10s')).toMatchObject({ minIndex: 7, maxWaitMs: 10_000 });
    expect(parse('index=7&wait=2h').maxWaitMs).toBe(600_000);
    expect(parse('index=7&wait=-5s').maxWaitMs).toBe(0);
    expect(parse('index=18446744073709551615').minIndex).toBeGreaterThan(2 ** 63);
    expect(parse('index=7&wait=1s', undefined, { ...OPTIONS, blocking: false })).toMatchObject({
      minIndex: 0,
      maxWaitMs: 0,
    });
  });

  test.each([
    ['stale&consistent', 'Cannot specify ?stale with ?consistent, conflicting semantics.'],
    ['cached&consistent', 'Cannot specify ?cached with ?consistent, conflicting semantics.'],
    ['max_stale=abc', 'Invalid max_stale value "abc"'],
    ['index=abc', 'Invalid index'],
    ['index=-1', 'Invalid index'],
    ['index=1.5', 'Invalid index'],
    ['index=18446744073709551616', 'Invalid index'],
    ['index=1&wait=abc', 'Invalid wait time'],
    ['index=1&wait=5', 'Invalid wait time'],
  ])('refuses %s', (query, message) => {
    expect(() => parse(query)).toThrow(message);
  });

  test('cached only where it takes effect', () => {
    expect(parse('cached').useCache).toBe(true);
    expect(parse('cached', undefined, { ...OPTIONS, cacheable: false }).useCache).toBe(false);
  });
});

describe('parseCacheControl', () => {
  test.each([
    [undefined, undefined, undefined],
    ['', undefined, undefined],
    ['max-age=30', 30_000, undefined],
    ['Max-Age=30, stale-if-error=60', 30_000, 60_000],
    ['must-revalidate', 0, undefined],
    ['no-transform, x=y=z', undefined, undefined],
  ])('%s', (header, maxAgeMs, staleIfErrorMs) => {
    expect(parseCacheControl(header)).toEqual({ maxAgeMs, staleIfErrorMs });
  });

  test('refuses what is not a number of seconds', () => {
    for (const header of ['max-age=abc', 'max-age', 'stale-if-error=-1', 'max-age=1e3']) {
      expect(() => parseCacheControl(header)).toThrow('Invalid Cache-Control header.');
    }
  });
});
