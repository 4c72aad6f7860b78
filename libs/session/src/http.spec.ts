import type { Session } from '@mesh/api-contract';
import { domainWorld, expectRecorded, readExchanges, type Saved } from '@mesh/testkit';
import fc from 'fast-check';
import { decodeSessionRequest } from './decode.ts';
import { requireSessionId } from './endpoint.ts';

describe('recorded exchanges', () => {
  let world: Awaited<ReturnType<typeof domainWorld>>;
  const saved: Saved = new Map([['node', 'vm']]);

  beforeAll(async () => {
    world = await domainWorld();
    await world.register('ext1');
    await world.register('vm', { t1: 'critical' });
  });

  test.each(
    readExchanges(`${__dirname}/../testdata/exchanges.json`)
      .filter(({ name }) => name !== 'session-list' && name !== 'session-node')
      .map((each) => [each.name, each]),
  )('%s', (_name, exchange) => expectRecorded(world.routes, exchange as never, saved));

  // Recorded in the order of random ids, hence compared apart.
  test.each(['list', 'node/vm', 'node/VM'])('session/%s has them all', async (path) => {
    const { ask } = await domainWorld();
    const ids = [];
    for (let at = 0; at < 3; at++) {
      ids.push(((await ask('PUT', '/v1/session/create', {})) as Session).ID);
    }
    const sessions = (await ask('GET', `/v1/session/${path}`)) as Session[];
    expect(sessions.map(({ ID }) => ID)).toEqual(ids);
    const filtered = `/v1/session/${path}?filter=${encodeURIComponent(`ID == "${ids[1]}"`)}`;
    expect(await ask('GET', filtered)).toEqual([sessions[1]]);
  });
});

async function create(body: unknown): Promise<Session> {
  const { ask } = await domainWorld();
  const { ID } = (await ask('PUT', '/v1/session/create', body)) as Session;
  const [session] = (await ask('GET', `/v1/session/info/${ID}`)) as [Session];
  return session;
}

describe('creating', () => {
  test.each([
    [{ TTL: '10s' }, { TTL: '10s' }],
    [{ TTL: '24h' }, { TTL: '24h' }],
    [{ TTL: '0' }, { TTL: '0' }],
    [{ LockDelay: '2m' }, { LockDelay: 120e9 }],
    [{ LockDelay: 999.9 }, { LockDelay: 999e9 }],
    [{ LockDelay: 1000 }, { LockDelay: 1000 }],
    [{ LockDelay: 0 }, { LockDelay: 0 }],
    [{ LockDelay: null }, { LockDelay: 15e9 }],
    [{ NodeChecks: ['serfHealth', 'serfHealth'] }, { NodeChecks: ['serfHealth'] }],
    [{ Checks: [], NodeChecks: ['serfHealth'] }, { NodeChecks: ['serfHealth'] }],
    [{ NodeChecks: null }, { NodeChecks: ['serfHealth'] }],
    [{ Node: 'VM' }, { Node: 'VM' }],
    [{ ID: 'mine', CreateIndex: 7 }, { Name: '' }],
    ['null', { Node: 'vm' }],
  ])('%j', async (body, expected) => {
    expect(await create(body)).toMatchObject(expected);
  });

  test.each([
    [{ TTL: '9.999s' }, "Invalid Session TTL '9.999s', must be between [10s=24h0m0s]"],
    [{ TTL: '24h1ms' }, 'Invalid Session TTL'],
    [{ TTL: '-10s' }, 'Invalid Session TTL'],
    [{ TTL: 15 }, 'TTL'],
    [{ LockDelay: -1 }, 'LockDelay'],
    [{ LockDelay: '-1s' }, 'LockDelay'],
    [{ LockDelay: 1e300 }, 'LockDelay'],
    [{ LockDelay: [] }, 'LockDelay'],
    [{ Behavior: 'Release' }, "Invalid Behavior setting 'Release'"],
    [{ Name: 'x'.repeat(513) }, 'Name'],
    [{ ServiceChecks: [{ ID: 'nope' }] }, "Missing check 'nope' registration"],
    [{ ServiceChecks: ['nope'] }, "Missing check 'nope' registration"],
    [{ NodeChecks: ['serfHealth\u0000x'] }, 'Missing check'],
    [{ Colour: 'red' }, 'Colour'],
    ['[]', 'an object'],
    ['{"LockDelay"', 'Request decode failed'],
  ])('%j is refused', async (body, message) => {
    const { ask, rpc } = await domainWorld();
    const before = rpc.applied.length;
    await expect(ask('PUT', '/v1/session/create', body)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining(message),
    });
    expect(rpc.applied).toHaveLength(before);
    expect(rpc.touched).toEqual([]);
  });

  test('any JSON gives a request or a refusal', () => {
    const field = fc.constantFrom('Name', 'Node', 'LockDelay', 'TTL', 'Checks', 'ServiceChecks');
    const body = fc.oneof(fc.jsonValue(), fc.dictionary(field, fc.jsonValue()));
    fc.assert(
      fc.property(body, (value) => {
        try {
          const request = decodeSessionRequest(value, 'vm');
          expect(Number.isInteger(request.lockDelayNs) && request.lockDelayNs >= 0).toBe(true);
        } catch (thrown) {
          expect(thrown).toMatchObject({ name: 'MeshError', code: 'invalid-argument' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});

test('the TTL runs anew from each renewal, which writes no log entry', async () => {
  const { ask, rpc } = await domainWorld();
  const { ID } = (await ask('PUT', '/v1/session/create', { TTL: '15s' })) as Session;
  const plain = (await ask('PUT', '/v1/session/create', {})) as Session;
  expect(rpc.touched).toEqual([[ID, '15s']]);
  const entries = rpc.applied.length;
  expect(await ask('PUT', `/v1/session/renew/${ID}`)).toMatchObject([{ ID }]);
  expect(await ask('PUT', `/v1/session/renew/${plain.ID}`)).toMatchObject([{ ID: plain.ID }]);
  expect(rpc.touched).toEqual([
    [ID, '15s'],
    [ID, undefined],
  ]);
  expect(rpc.applied).toHaveLength(entries);
});

test('destroying what is not there writes no log entry', async () => {
  const { ask, rpc } = await domainWorld();
  const entries = rpc.applied.length;
  const path = '/v1/session/destroy/00000000-0000-4000-8000-00000000dead';
  expect(await ask('PUT', path)).toBe(true);
  expect(rpc.applied).toHaveLength(entries);
});

test.each([
  '',
  'nope',
  '00000000-0000-4000-8000-00000000dea',
  'g0000000-0000-4000-8000-00000000dead',
])('"%s" is no session id', (id) => expect(() => requireSessionId(id)).toThrow('UUID'));
