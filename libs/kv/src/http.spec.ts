import { utf8Text } from '@mesh/base';
import { PLAIN_WRITE } from '@mesh/resource';
import { callRoute, domainWorld, expectRecorded, readExchanges, type Saved } from '@mesh/testkit';
import { kvApply } from './endpoint.ts';

describe('recorded exchanges', () => {
  let world: Awaited<ReturnType<typeof domainWorld>>;
  const saved: Saved = new Map();

  beforeAll(async () => {
    world = await domainWorld();
  });

  test.each(
    readExchanges(`${__dirname}/../testdata/exchanges.json`).map((each) => [each.name, each]),
  )('%s', (_name, exchange) => expectRecorded(world.routes, exchange as never, saved));
});

test('a raw value comes as its bytes, and no browser may guess what they are', async () => {
  const { ask, routes } = await domainWorld();
  await ask('PUT', '/v1/kv/page', '<script>');
  const reply = await callRoute(routes, 'GET', '/v1/kv/page?raw');
  expect(reply).toMatchObject({
    kind: 'bytes',
    status: 200,
    contentType: 'text/plain; charset=utf-8',
    headers: { 'X-Content-Type-Options': 'nosniff', 'Content-Security-Policy': 'sandbox' },
    meta: { knownLeader: true },
  });
  expect(reply.kind === 'bytes' && utf8Text(reply.bytes)).toBe('<script>');
  await ask('PUT', '/v1/kv/none', '');
  expect(await callRoute(routes, 'GET', '/v1/kv/none?raw')).toMatchObject({
    bytes: new Uint8Array(0),
  });
});

describe('flags', () => {
  test.each([
    ['0', 0],
    ['000000000000000000000007', 7],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['3304740253564472344', 3304740253564472344n],
    ['18446744073709551615', 18446744073709551615n],
  ])('%s is kept to the bit', async (text, flags) => {
    const { ask } = await domainWorld();
    await ask('PUT', `/v1/kv/k?flags=${text}`, 'v');
    expect(await ask('GET', '/v1/kv/k')).toMatchObject([{ Flags: flags }]);
    const before = await ask('GET', '/v1/kv/k');
    await ask('PUT', `/v1/kv/k?flags=${text}`, 'v');
    expect(await ask('GET', '/v1/kv/k')).toEqual(before);
  });

  test.each(['', '-1', '1.5', '0x1', '1e3', ' 1', '18446744073709551616', '9'.repeat(40)])(
    '"%s" is refused',
    async (text) => {
      const { ask, rpc } = await domainWorld();
      const put = ask('PUT', `/v1/kv/k?flags=${encodeURIComponent(text)}`, 'v');
      await expect(put).rejects.toMatchObject({ code: 'invalid-argument' });
      expect(rpc.applied.filter(({ type }) => type === 'kv.apply')).toEqual([]);
    },
  );
});

test.each([
  ['PUT', 'cas=1&acquire=x', 'Conflicting flags: acquire=x&cas=1'],
  ['PUT', 'cas=1&release=x', 'Conflicting flags: cas=1&release=x'],
  ['PUT', 'release=y&acquire=x', 'Conflicting flags: acquire=x&release=y'],
  ['DELETE', 'recurse&cas=0', 'Conflicting flags: cas=0&recurse='],
  ['PUT', 'cas=', 'cas'],
  ['PUT', 'release=', 'missing session'],
  ['DELETE', 'cas=1x', 'cas'],
])('%s ?%s is refused', async (method, query, message) => {
  const { ask, rpc } = await domainWorld();
  await expect(ask(method, `/v1/kv/k?${query}`, 'v')).rejects.toThrow(message);
  expect(rpc.applied.filter(({ type }) => type === 'kv.apply')).toEqual([]);
});

describe('the empty key', () => {
  test.each(['GET', 'PUT', 'DELETE'])('%s is refused', async (method) => {
    const { ask } = await domainWorld();
    await expect(ask(method, '/v1/kv/')).rejects.toThrow('Missing key name');
  });

  test('is no key for callers that come without HTTP either; as a prefix it is all', async () => {
    const { ask, rpc } = await domainWorld();
    await ask('PUT', '/v1/kv/k', 'v');
    const write = { key: '', value: new Uint8Array(0), flags: 0 };
    for (const operation of [
      { op: 'set', ...write } as const,
      { op: 'cas', index: 0, ...write } as const,
      { op: 'delete', key: '' } as const,
      { op: 'delete-cas', key: '', index: 0 } as const,
    ]) {
      const refusal = rpc.write(kvApply, operation, PLAIN_WRITE);
      await expect(refusal).rejects.toMatchObject({ code: 'invalid-argument' });
    }
    expect(await ask('GET', '/v1/kv/?keys')).toEqual(['k']);
    expect(await rpc.write(kvApply, { op: 'delete-tree', key: '' }, PLAIN_WRITE)).toBe(true);
    expect(await ask('GET', '/v1/kv/?keys')).toEqual([]);
  });
});

test('an index beyond all real ones equals none of them', async () => {
  const { ask } = await domainWorld();
  await ask('PUT', '/v1/kv/k', 'v');
  expect(await ask('PUT', '/v1/kv/k?cas=18446744073709551615', 'w')).toBe(false);
  expect(await ask('PUT', '/v1/kv/new?cas=18446744073709551615', 'w')).toBe(false);
  expect(await ask('DELETE', '/v1/kv/k?cas=18446744073709551615')).toBe(false);
});

test('a session id may be written in upper case', async () => {
  const { ask, rpc } = await domainWorld();
  const id = 'abcdefab-cdef-4bcd-8fab-cdefabcdefab';
  const rest = { Name: '', Node: 'vm', LockDelay: 0, Behavior: 'release', TTL: '' };
  const checks = { NodeChecks: [], ServiceChecks: null };
  rpc.apply({ type: 'session.create' }, { ID: id, ...rest, ...checks });
  const upper = id.toUpperCase();
  expect(await ask('PUT', `/v1/kv/k?acquire=${upper}`, 'v')).toBe(true);
  expect(await ask('GET', '/v1/kv/k')).toMatchObject([{ Session: id }]);
  expect(await ask('GET', `/v1/session/info/${upper}`)).toMatchObject([{ ID: id }]);
  expect(await ask('PUT', `/v1/kv/k?release=${upper}`, 'v')).toBe(true);
});

describe('keys by folders', () => {
  const keys = ['a', 'a/', 'a/b', 'a/b/c', 'a/bc', 'ab', 'b//c', 'b//d', 'é/x'];

  test.each([
    ['', '/', ['a', 'a/', 'ab', 'b/', 'é/']],
    ['a', '/', ['a', 'a/', 'ab']],
    ['a/', '/', ['a/', 'a/b', 'a/b/', 'a/bc']],
    ['a/b', '', ['a/b', 'a/b/c', 'a/bc']],
    ['b/', '/', ['b//']],
    ['', '//', ['a', 'a/', 'a/b', 'a/b/c', 'a/bc', 'ab', 'b//', 'é/x']],
    ['', 'b', ['a', 'a/', 'a/b', 'ab', 'b', 'é/x']],
  ])('under "%s" by "%s"', async (prefix, separator, expected) => {
    const { ask } = await domainWorld();
    for (const key of keys) await ask('PUT', `/v1/kv/${encodeURIComponent(key)}`, 'v');
    const path = `/v1/kv/${encodeURIComponent(prefix)}?keys&separator=${separator}`;
    expect(await ask('GET', path)).toEqual(expected);
  });
});
