import { MeshError } from '@mesh/base';
import type { CallEndpoint, CallOptions } from '@mesh/resource';
import { callRoute, DirectRpc, expectRecorded, readExchanges } from '@mesh/testkit';
import { FakeKeyrings } from '../testing/keyring-pools.ts';
import { type KeyringAnswer, keyringList, keyringOperation } from './endpoint.ts';
import { keyringHttpRoutes } from './http.ts';
import { keyringResource } from './resource.ts';

const FIRST = 'pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=';
const PATH = '/v1/operator/keyring';

/** A server of dc1 and the routes in front of it; other datacenters answer as the test says. */
function world(others: readonly string[] = []) {
  const keyrings = new FakeKeyrings(FIRST);
  const forwarded: unknown[] = [];
  const state = { hasWan: true, elsewhere: (): unknown => [] };
  const rpc = new DirectRpc([
    keyringResource({
      datacenter: 'dc1',
      keyrings,
      hasWan: () => state.hasWan,
      datacenters: () => [...others, 'dc1'],
      rpc: () => ({
        call: async <A, R>({ method }: CallEndpoint<A, R>, args: A, options: CallOptions) => {
          forwarded.push([method, options.datacenter, options.server, args]);
          return state.elsewhere() as R;
        },
      }),
    }),
  ]);
  const routes = keyringHttpRoutes(rpc);
  const ask = async (method: string, query = '', body?: unknown) => {
    const reply = await callRoute(routes, method, PATH + query, body);
    return reply.kind === 'json' ? (reply.value as readonly KeyringAnswer[]) : reply.status;
  };
  return { keyrings, forwarded, state, rpc, routes, ask };
}

describe('recorded exchanges', () => {
  const { routes } = world();
  test.each(
    readExchanges(`${__dirname}/../../testdata/keyring-exchanges.json`).map((each) => [
      each.name,
      each,
    ]),
  )('%s', (_name, exchange) => expectRecorded(routes, exchange as never));
});

describe('other datacenters', () => {
  const THEIRS = { WAN: false, Datacenter: 'dc2', Segment: '', Keys: {}, PrimaryKeys: {} };

  test('a server of each is asked for its own pool', async () => {
    const { ask, state, forwarded } = world(['dc3', 'dc2']);
    state.elsewhere = () => [{ ...THEIRS, NumNodes: 2 }];
    const answers = (await ask('GET', '?relay-factor=2')) as readonly KeyringAnswer[];
    expect(answers.map(({ WAN, Datacenter, NumNodes }) => [WAN, Datacenter, NumNodes])).toEqual([
      [true, 'dc1', 1],
      [false, 'dc1', 1],
      [false, 'dc2', 2],
      [false, 'dc2', 2],
    ]);
    const args = { relayFactor: 2, localOnly: true };
    expect(forwarded).toEqual([
      ['Internal.KeyringList', 'dc2', 'any', args],
      ['Internal.KeyringList', 'dc3', 'any', args],
    ]);
  });

  test('changes go there too', async () => {
    const { ask, forwarded, keyrings } = world(['dc2']);
    expect(await ask('POST', '?relay-factor=5', { Key: 'aaaa=' })).toBe(200);
    expect(keyrings.asked).toEqual([
      ['wan', 'install', 'aaaa=', 5],
      ['lan', 'install', 'aaaa=', 5],
    ]);
    const args = { operation: 'install', key: 'aaaa=', relayFactor: 5, localOnly: true };
    expect(forwarded).toEqual([['Internal.KeyringOperation', 'dc2', 'any', args]]);
  });

  test('one that cannot be reached is named', async () => {
    const { ask, state } = world(['dc2']);
    state.elsewhere = () => {
      throw new MeshError('no-servers', 'No path to datacenter');
    };
    await expect(ask('GET')).rejects.toMatchObject({
      code: 'internal',
      message: '1 error occurred:\n\t* dc2 (LAN) error: No path to datacenter\n\n',
    });
  });

  test('are left out with local-only, as is the WAN', async () => {
    const { ask, forwarded, keyrings } = world(['dc2']);
    expect(await ask('GET', '?local-only=1')).toHaveLength(1);
    expect(forwarded).toEqual([]);
    expect(keyrings.asked).toEqual([['lan', 'list', '', 0]]);
  });
});

test('a server without WAN asks its own pool alone', async () => {
  const { ask, state } = world();
  state.hasWan = false;
  expect(await ask('GET')).toMatchObject([{ WAN: false, Datacenter: 'dc1' }]);
});

describe('what members say', () => {
  const REPLY = { members: 3, answers: 3, failures: 0, messages: {}, keys: {}, primaryKeys: {} };

  test('a remark is no failure', async () => {
    const { ask, keyrings } = world();
    keyrings.reply = { ...REPLY, messages: { s2: 'Truncated key list response' } };
    expect(await ask('GET', '?local-only')).toMatchObject([
      {},
      { Messages: { s2: 'Truncated key list response' }, NumNodes: 3 },
    ]);
  });

  test('members that do not answer are one', async () => {
    const { ask, keyrings } = world();
    keyrings.reply = { ...REPLY, answers: 2 };
    await expect(ask('GET', '?local-only=true')).rejects.toThrow(
      '1 error occurred:\n\t* dc1 (LAN) error: 2/3 nodes reported success\n\n',
    );
  });

  test('without a count every message is a failure', async () => {
    const { ask, keyrings } = world();
    const { failures, ...uncounted } = { ...REPLY, messages: { s2: 'no', s3: 'never' } };
    expect(failures).toBe(0);
    keyrings.reply = uncounted;
    await expect(ask('GET', '?local-only=true')).rejects.toThrow(
      '3 errors occurred:\n\t* dc1 (LAN) error: 2/3 nodes reported failure\n\t* s2: no\n\t* s3: never\n\n',
    );
  });

  test('a pool that cannot be asked says why', async () => {
    const { ask, keyrings } = world();
    keyrings.failure = new MeshError('internal', 'keyring is empty (encryption not enabled)');
    await expect(ask('GET')).rejects.toThrow(
      '2 errors occurred:\n\t* WAN error: keyring is empty (encryption not enabled)\n' +
        '\t* dc1 (LAN) error: keyring is empty (encryption not enabled)\n\n',
    );
  });
});

describe('off the wire', () => {
  const options = { datacenter: '', token: '', server: 'any' } as const;
  const good = { relayFactor: 0, localOnly: true };

  test.each([
    [keyringList, undefined],
    [keyringList, { ...good, relayFactor: 6 }],
    [keyringList, { ...good, relayFactor: 0.5 }],
    [keyringList, { ...good, localOnly: 'yes' }],
    [keyringOperation, { ...good, operation: 'list', key: '' }],
    [keyringOperation, { ...good, operation: 'install' }],
    [keyringOperation, { ...good, operation: 'toString', key: 'a' }],
  ])('call %# is refused', async (endpoint, args) => {
    const { rpc, keyrings } = world();
    const call = rpc.call(endpoint as CallEndpoint<unknown, unknown>, args, options);
    await expect(call).rejects.toMatchObject({ code: 'invalid-argument' });
    expect(keyrings.asked).toEqual([]);
  });
});
