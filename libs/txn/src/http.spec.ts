import { utf8Bytes } from '@mesh/base';
import {
  callRoute,
  type DomainWorld,
  domainWorld,
  type Exchange,
  expectRecorded,
  readExchanges,
  type Saved,
} from '@mesh/testkit';
import fc from 'fast-check';
import { decodeOperations } from './decode.ts';

/** The original tells an instance without tags by null or by [], as it came; ours always by []. */
function tagged(exchange: Exchange): Exchange {
  const text = JSON.stringify(exchange);
  return JSON.parse(text.replace(/"(Tags|ServiceTags)":null/g, '"$1":[]'));
}

describe('recorded exchanges', () => {
  let world: DomainWorld;
  const saved: Saved = new Map();

  beforeAll(async () => {
    world = await domainWorld();
  });

  test.each(
    readExchanges(`${__dirname}/../testdata/exchanges.json`).map((each) => [
      each.name,
      tagged(each),
    ]),
  )('%s', (_name, exchange) => expectRecorded(world.routes, exchange as never, saved));
});

const set = (key: string, value = 'QQ==') => ({ KV: { Verb: 'set', Key: key, Value: value } });

describe('limits', () => {
  test('64 operations, and no more', async () => {
    const { ask, rpc } = await domainWorld();
    const operations = Array.from({ length: 64 }, (_, at) => set(`t/${at}`));
    const outcome = (await ask('PUT', '/v1/txn', operations)) as { Results: unknown[] };
    expect(outcome.Results).toHaveLength(64);
    const entries = rpc.applied.length;
    await expect(ask('PUT', '/v1/txn', [...operations, set('t/64')])).rejects.toMatchObject({
      code: 'too-large',
      message: 'Transaction contains too many operations (65 > 64)',
    });
    expect(rpc.applied).toHaveLength(entries);
  });

  test('values as large as those of single keys', async () => {
    const { ask } = await domainWorld();
    const zeros = (bytes: number) => Buffer.alloc(bytes).toString('base64');
    await ask('PUT', '/v1/txn', [set('fits', zeros(512 * 1024))]);
    const over = ask('PUT', '/v1/txn', [set('over', zeros(512 * 1024 + 1))]);
    await expect(over).rejects.toMatchObject({ code: 'too-large' });
    expect(await ask('GET', '/v1/kv/?keys')).toEqual(['fits']);
  });
});

describe('transactions that only look', () => {
  const looks = [
    { KV: { Verb: 'get', Key: 'k' } },
    { KV: { Verb: 'get-tree', Key: '' } },
    { KV: { Verb: 'check-not-exists', Key: 'none' } },
    { KV: { Verb: 'explode', Key: 'k' } },
    { Node: { Verb: 'get', Node: { Node: 'vm' } } },
    { Node: { Verb: 'get-tree', Node: { Node: 'vm' } } },
    { Check: { Verb: 'check-index', Check: { Node: 'vm', CheckID: 'serfHealth' } } },
  ];

  test.each(looks)('%j writes no log entry', async (operation) => {
    const { ask, routes, rpc } = await domainWorld();
    await ask('PUT', '/v1/kv/k', 'v');
    const entries = rpc.applied.length;
    const reply = await callRoute(routes, 'PUT', '/v1/txn', [operation]);
    expect(reply).toMatchObject({
      headers: { 'X-Consul-Knownleader': 'true', 'X-Consul-Lastcontact': '0' },
      value: { Index: 0, LastContact: 0, KnownLeader: true, ConsistencyLevel: '' },
    });
    expect(reply).not.toHaveProperty('meta');
    expect(rpc.applied).toHaveLength(entries);
    const { Verb: verb } = Object.values(operation)[0]!;
    const isKnown = 'KV' in operation ? verb !== 'explode' : verb === 'get';
    expect(reply.status).toBe(isKnown ? 200 : 409);
  });

  test.each([
    ['', 'default'],
    ['?stale', 'stale'],
    ['?consistent', 'consistent'],
  ])('read as asked for: "%s"', async (query, consistency) => {
    const { ask, rpc } = await domainWorld();
    await ask('PUT', `/v1/txn${query}`, [{ Node: { Verb: 'get', Node: { Node: 'vm' } } }]);
    expect(rpc.lastOptions).toMatchObject({ consistency, minIndex: 0, track: false });
  });

  test('not both ?stale and ?consistent', async () => {
    const { ask } = await domainWorld();
    await expect(ask('PUT', '/v1/txn?stale&consistent', [])).rejects.toThrow('conflicting');
  });

  test('an answer of a write tells nothing about reading', async () => {
    const { routes } = await domainWorld();
    const reply = await callRoute(routes, 'PUT', '/v1/txn', [set('k')]);
    expect(reply).not.toHaveProperty('headers');
    expect(reply).toMatchObject({ value: { Errors: null } });
    expect(Object.keys((reply as { value: object }).value)).toEqual(['Results', 'Errors']);
  });
});

describe('decoding', () => {
  const decode = (value: unknown) =>
    decodeOperations(utf8Bytes(typeof value === 'string' ? value : JSON.stringify(value)));

  test.each([
    ['3304740253564472344', 3304740253564472344n],
    ['18446744073709551615', 18446744073709551615n],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['42', 42],
    ['null', 0],
  ])('flags %s are kept to the bit', (digits, flags) => {
    for (const name of ['Flags', 'flags']) {
      const [operation] = decode(`[{"KV":{"Verb":"set","Key":"k","${name}" : ${digits} }}]`);
      expect(operation).toMatchObject({ flags });
    }
  });

  test.each(['18446744073709551616', '-1', '1.5', '1e30', '"7"', 'true', '[]'])(
    'flags %s are refused',
    (flags) => {
      expect(() => decode(`[{"KV":{"Verb":"set","Key":"k","Flags":${flags}}}]`)).toThrow('Flags');
    },
  );

  test('texts that look like flags stay as they are', () => {
    const Key = '"Flags":9007199254740993,\\"flags": 9007199254740993}';
    expect(decode([{ KV: { Verb: 'set', Key, Flags: 1 } }])).toMatchObject([
      { key: Key, flags: 1 },
    ]);
  });

  test('the index of an entity is found whatever its case', () => {
    const node = { Verb: 'cas', Node: { node: 'n', modifyindex: 7 } };
    expect(decode([{ Node: node }, { node }])).toMatchObject([{ index: 7 }, { index: 7 }]);
  });

  test.each([
    ['', 'Failed to parse body'],
    ['{}', 'a list'],
    [[1], '[0]'],
    [[{}], 'one of KV, Node, Service, Check'],
    [[set('a'), set('b', '*')], '[1].KV.Value'],
    [[{ Node: { Verb: 'set', Node: { Colour: 1 } } }], 'Colour'],
    [[{ Node: { Verb: 'set' } }], '[0].Node.Node'],
    [`[${'['.repeat(100_000)}`, 'Failed to parse body'],
  ])('%.40j is refused', (body, message) => {
    expect(() => decode(body)).toThrow(message);
  });

  test('hostile texts take no more than linear time', () => {
    const quotes = `[{"KV":{"Key":"${'\\"'.repeat(200_000)}","Flags":9007199254740993}}]`;
    expect(decode(quotes)).toMatchObject([{ flags: 9007199254740993n }]);
    expect(() => decode(quotes.slice(0, -30))).toThrow('Failed to parse body');
    expect(() => decode(`["flags"${' '.repeat(400_000)}x9007199254740993`)).toThrow('parse');
  });

  test('any JSON, and nearly right JSON, gives operations or a refusal', () => {
    const names = ['KV', 'Node', 'Service', 'Check', 'Verb', 'Key', 'Value', 'Flags', 'Index'];
    const leaf = fc.oneof(
      fc.jsonValue({ maxDepth: 1 }),
      fc.constantFrom('set', 'get', 'cas', 'QQ==', 'vm', 0, 1, 2 ** 60, null),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.dictionary(fc.constantFrom(...names, 'ID', 'ModifyIndex', 'Tags', 'Proxy'), tie('tree')),
      ),
    }));
    const body = fc.oneof(fc.jsonValue(), fc.array(tree, { maxLength: 4 }));
    fc.assert(
      fc.property(body, (value) => {
        try {
          for (const operation of decode(value)) expect(typeof operation.verb).toBe('string');
        } catch (thrown) {
          expect(thrown).toMatchObject({ name: 'MeshError', code: 'invalid-argument' });
        }
      }),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          decodeOperations(bytes);
        } catch (thrown) {
          expect(thrown).toMatchObject({ name: 'MeshError', code: 'invalid-argument' });
        }
      }),
      { numRuns: 1000 },
    );
  });
});
