import fc from 'fast-check';
import { cleanPath, escapePath, isPrintable, parseTarget } from './request-target.ts';

describe('parseTarget', () => {
  test.each([
    ['/v1/kv/a', '/v1/kv/a', '', '/v1/kv/a'],
    ['/v1/kv/a?x=1?y', '/v1/kv/a', 'x=1?y', '/v1/kv/a'],
    ['/v1/kv/%2Flead', '/v1/kv/%2Flead', '', '/v1/kv//lead'],
    ['/v1/kv/%zz', '/v1/kv/%zz', '', undefined],
    ['/v1/kv/%ff', '/v1/kv/%ff', '', undefined],
    ['http://host:1/v1/kv/a?b', '/v1/kv/a', 'b', '/v1/kv/a'],
    ['http://host', '/', '', '/'],
    ['*', '/*', '', '/*'],
    ['/caf\u00c3\u00a9', '/café', '', '/café'],
  ])('%s', (url, rawPath, rawQuery, path) => {
    expect(parseTarget(url)).toEqual({ rawPath, rawQuery, path });
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (url) => {
        parseTarget(url);
      }),
    );
  });
});

describe('isPrintable', () => {
  test('as unicode.IsPrint', () => {
    expect(isPrintable('/v1/kv/a b~é漢😀')).toBe(true);
    for (const bad of [
      '\u0001',
      '\n',
      '\u007f',
      '\u0085',
      '\u00a0',
      '\u200b',
      '\u2028',
      '\ue000',
    ]) {
      expect(isPrintable(`/a${bad}b`)).toBe(false);
    }
  });
});

describe('cleanPath', () => {
  test.each([
    ['/v1//kv/a', '/v1/kv/a'],
    ['/v1/kv//lead', '/v1/kv/lead'],
    ['/v1/./kv/../kv/a', '/v1/kv/a'],
    ['/v1/kv/a/..', '/v1/kv/'],
    ['/../../etc/', '/etc/'],
    ['//', '/'],
  ])('%s', (path, clean) => {
    expect(cleanPath(path)).toBe(clean);
  });

  test.each(['/', '/v1/kv/a', '/v1/kv/.a/..b/c.', '/v1/kv/a/'])('%s is clean', (path) => {
    expect(cleanPath(path)).toBeUndefined();
  });

  test('what it returns is clean', () => {
    const segment = fc.constantFrom('', '.', '..', 'a', '.b', '...');
    fc.assert(
      fc.property(fc.array(segment), (segments) => {
        const cleaned = cleanPath(`/${segments.join('/')}`);
        if (cleaned !== undefined) expect(cleanPath(cleaned)).toBeUndefined();
      }),
    );
  });
});

test('escapePath keeps the path a path', () => {
  expect(escapePath('/v1/kv/a?b#c d"é')).toBe('/v1/kv/a%3Fb%23c%20d%22%C3%A9');
});
