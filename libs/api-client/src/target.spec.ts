import { kvRoutes } from '@mesh/api-contract';
import fc from 'fast-check';
import { ApiError } from './errors.ts';
import { queryString, routePath, withQuery } from './target.ts';

describe('paths of routes', () => {
  it('fills in parameters; slashes stay in a final one', () => {
    expect(routePath(kvRoutes.get, { key: 'a/b c/ü?#%' })).toBe('/v1/kv/a/b%20c/%C3%BC%3F%23%25');
    expect(routePath({ path: '/v1/agent/token/:kind' }, { kind: 'a/b' })).toBe(
      '/v1/agent/token/a%2Fb',
    );
    expect(routePath(kvRoutes.get, {})).toBe('/v1/kv/');
  });

  it('refuses what a fetch or a server would take away', () => {
    for (const key of ['a/../b', '..', './a', 'a/.', 'a//b', '/a', '//']) {
      expect(() => routePath(kvRoutes.get, { key })).toThrow(ApiError);
    }
    expect(routePath(kvRoutes.get, { key: 'a/...b/.c' })).toBe('/v1/kv/a/...b/.c');
  });

  it('any other key comes out of the URL as it went in', () => {
    const key = fc
      .string({ unit: 'grapheme' })
      .filter((text) => !/(^|\/)\.{1,2}(\/|$)|^\/|\/\//.test(text));
    fc.assert(
      fc.property(key, (text) => {
        const { pathname } = new URL(`http://agent${routePath(kvRoutes.get, { key: text })}`);
        expect(decodeURIComponent(pathname)).toBe(`/v1/kv/${text}`);
      }),
    );
  });
});

describe('query strings', () => {
  it('leaves out undefined and false, writes true bare, repeats lists', () => {
    const values = { a: undefined, b: false, c: true, d: 'x y', e: ['1', '2'], f: 0, g: 7n };
    expect(queryString(values)).toBe('?c&d=x%20y&e=1&e=2&f=0&g=7');
    expect(queryString({})).toBe('');
  });

  it('adds to what a path has', () => {
    expect(withQuery('/a?b', { c: 1 })).toBe('/a?b&c=1');
    expect(withQuery('/a', { c: 1 })).toBe('/a?c=1');
    expect(withQuery('/a?b', {})).toBe('/a?b');
  });
});
