import { jsonReply } from '@mesh/resource';
import fc from 'fast-check';
import { Router } from './router.ts';
import { boundRoute } from './testing/server-rig.ts';

const PATHS = [
  'GET /v1/status/leader',
  'GET /v1/kv/*key',
  'PUT /v1/kv/*key',
  'DELETE /v1/kv/*key',
  'GET /v1/agent/service/:id',
  'PUT /v1/agent/service/register',
  'PUT /v1/agent/service/deregister/:id',
  'GET /v1/agent/health/service/id/:id',
  'GET /v1/query',
  'POST /v1/query',
  'GET /v1/query/:id',
  'GET /v1/query/:id/execute',
  'GET /v1/catalog/service/:service',
];

const router = new Router(
  PATHS.map((line) => {
    const [method, path] = line.split(' ') as ['GET', string];
    return boundRoute({ method, path, consistency: 'read' }, () => jsonReply(line));
  }),
);

function at(path: string) {
  const match = router.match(path);
  if (match?.kind !== 'found') return match?.kind;
  return [match.entry.pattern, match.params];
}

describe('Router', () => {
  test.each([
    ['/v1/status/leader', '/v1/status/leader', {}],
    ['/v1/kv/', '/v1/kv/*key', { key: '' }],
    ['/v1/kv/a/b/c', '/v1/kv/*key', { key: 'a/b/c' }],
    ['/v1/kv/a%2Fb%20c/', '/v1/kv/*key', { key: 'a/b c/' }],
    ['/v1/%6bv/a', '/v1/kv/*key', { key: 'a' }],
    ['/v1/agent/service/web', '/v1/agent/service/:id', { id: 'web' }],
    ['/v1/agent/service/register', '/v1/agent/service/register', {}],
    ['/v1/agent/service/deregister/web', '/v1/agent/service/deregister/:id', { id: 'web' }],
    ['/v1/agent/service/web/1', '/v1/agent/service/:id', { id: 'web/1' }],
    ['/v1/catalog/service/', '/v1/catalog/service/:service', { service: '' }],
    ['/v1/catalog/service/a%2Fb', '/v1/catalog/service/:service', { service: 'a/b' }],
    ['/v1/query', '/v1/query', {}],
    ['/v1/query/x', '/v1/query/:id', { id: 'x' }],
    ['/v1/query/x/execute', '/v1/query/:id/execute', { id: 'x' }],
  ])('%s', (path, pattern, params) => {
    expect(at(path)).toEqual([pattern, params]);
  });

  test.each(['/v1/kv', '/v1/catalog/service', '/v1/agent/health/service/id'])(
    '%s lacks its slash',
    (path) => {
      expect(at(path)).toBe('add-slash');
    },
  );

  test.each(['/', '', '/v1', '/v1/nope', '/v1/status/leader/', '/v1/query/x/nope', '/v1/kv/%zz'])(
    '%s is unknown',
    (path) => {
      expect(at(path)).toBeUndefined();
    },
  );

  test('Allow lists the methods in one order', () => {
    const kv = router.match('/v1/kv/a');
    expect(kv?.kind === 'found' && kv.entry.allow).toBe('OPTIONS,GET,PUT,DELETE');
    const query = router.match('/v1/query');
    expect(query?.kind === 'found' && query.entry.allow).toBe('OPTIONS,GET,POST');
  });

  test('metric names have no values in them', () => {
    const kv = router.match('/v1/kv/secret');
    expect(kv?.kind === 'found' && kv.entry.methods.get('GET')?.metric).toBe('http.GET.v1.kv._');
  });

  test('refuses a route given twice', () => {
    const twice = boundRoute({ path: '/v1/a' }, () => jsonReply(1));
    expect(() => new Router([twice, twice])).toThrow('registered once');
  });

  test('any key comes back as it was escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
        expect(at(`/v1/kv/${encodeURIComponent(key)}`)).toEqual(['/v1/kv/*key', { key }]);
      }),
    );
  });

  test('never throws', () => {
    const piece = fc.constantFrom(
      '/',
      'v1',
      'kv',
      'agent',
      'service',
      '%',
      '%2F',
      '..',
      'é',
      '%00',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        router.match(pieces.join(''));
      }),
    );
  });
});
