import { MsgpackWriter } from '../wire/msgpack-writer.ts';
import { filtersAccept, filtersOf } from './query-filters.ts';

const SUBJECT = { name: 'web-1', tags: { role: 'web', dc: 'dc1' } };

describe('filters of a query', () => {
  it('are none by default, and then all answer', () => {
    expect(filtersOf({})).toEqual([]);
    expect(filtersOf({ nodes: [], tags: {} })).toEqual([]);
    expect(filtersAccept([], SUBJECT)).toBe(true);
  });

  it.each([
    [{ nodes: ['web-1'] }, true],
    [{ nodes: ['db', 'web-1'] }, true],
    [{ nodes: ['db', 'web-10'] }, false],
    [{ tags: { role: 'web' } }, true],
    [{ tags: { role: '^w.b$' } }, true],
    [{ tags: { role: 'e' } }, true],
    [{ tags: { role: '^eb' } }, false],
    [{ tags: { role: 'web', dc: 'dc2' } }, false],
    [{ tags: { missing: '^$' } }, true],
    [{ tags: { missing: '.' } }, false],
    [{ tags: { constructor: '.' } }, false],
    [{ nodes: ['web-1'], tags: { role: 'db' } }, false],
    [{ nodes: ['web-1'], tags: { role: 'web|db' } }, true],
  ])('%j: %s', (params, expected) => {
    expect(filtersAccept(filtersOf(params), SUBJECT)).toBe(expected);
  });

  it.each([
    ['a regular expression that is none', filtersOf({ tags: { role: '(' } })],
    ['an unknown type', [new Uint8Array([2, 0x90])]],
    ['no type', [new Uint8Array()]],
    ['a body that ends early', [new Uint8Array([0, 0x92, 0xa1])]],
    ['numbers for names', [new MsgpackWriter().byte(0).array(1).int(5).finish()]],
    ['too many', new Array<Uint8Array>(17).fill(filtersOf({ nodes: ['web-1'] })[0]!)],
  ])('do not pass with %s', (_, filters) => {
    expect(filtersAccept(filters, SUBJECT)).toBe(false);
  });

  it('run a hostile regular expression in linear time', () => {
    const filters = filtersOf({ tags: { role: '(a*)*b' } });
    const startedAt = performance.now();
    filtersAccept(filters, { name: 'x', tags: { role: 'a'.repeat(500) } });
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});
