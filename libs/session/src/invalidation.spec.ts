/** Sessions end with what they stand on, and their locks with them. */
import type { KvPair, Session } from '@mesh/api-contract';
import { catalogDeregister } from '@mesh/catalog';
import { PLAIN_WRITE } from '@mesh/resource';
import { type DomainWorld, domainWorld } from '@mesh/testkit';
import { sessions } from './table.ts';

interface World extends DomainWorld {
  open(body: object): Promise<string>;
  deregister(what: { Node: string; ServiceID?: string; CheckID?: string }): Promise<unknown>;
  isOpen(id: string): boolean;
}

async function world(): Promise<World> {
  const base = await domainWorld();
  const { ask, rpc } = base;
  await base.register('n1', { serfHealth: 'passing', disk: 'passing', web: 'warning' });
  return {
    ...base,
    async open(body) {
      return ((await ask('PUT', '/v1/session/create', body)) as Session).ID;
    },
    deregister: (what) =>
      rpc.write(
        catalogDeregister,
        { Datacenter: '', ServiceID: '', CheckID: '', ...what },
        PLAIN_WRITE,
      ),
    isOpen: (id) => rpc.store.view().get(sessions, id) !== undefined,
  };
}

const onN1 = { Node: 'n1', LockDelay: '0s' };

describe('a session ends', () => {
  test.each<[string, object, (world: World) => Promise<unknown>]>([
    ['with its node', {}, ({ deregister }) => deregister({ Node: 'n1' })],
    ['with its node, whose name knows no case', {}, ({ deregister }) => deregister({ Node: 'N1' })],
    [
      'when serfHealth turns critical',
      {},
      ({ register }) => register('n1', { serfHealth: 'critical' }),
    ],
    [
      'when serfHealth goes',
      {},
      ({ deregister }) => deregister({ Node: 'n1', CheckID: 'serfHealth' }),
    ],
    [
      'when one of its checks turns critical',
      { NodeChecks: ['disk', 'web'] },
      ({ register }) => register('N1', { web: 'critical' }),
    ],
    [
      'when one of its checks goes',
      { Checks: ['disk'] },
      ({ deregister }) => deregister({ Node: 'n1', CheckID: 'disk' }),
    ],
    [
      'with a check named as node and as service check',
      { NodeChecks: ['web'], ServiceChecks: [{ ID: 'web' }] },
      ({ register }) => register('n1', { web: 'critical' }),
    ],
    [
      'when a check is critical within a transaction',
      { NodeChecks: ['disk'] },
      ({ ask }) =>
        ask('PUT', '/v1/txn', [
          { Check: { Verb: 'set', Check: { Node: 'n1', CheckID: 'disk', Status: 'critical' } } },
        ]),
    ],
    [
      'with its node within a transaction',
      {},
      ({ ask }) => ask('PUT', '/v1/txn', [{ Node: { Verb: 'delete', Node: { Node: 'n1' } } }]),
    ],
  ])('%s', async (_what, body, change) => {
    const it = await world();
    const ended = await it.open({ ...onN1, ...body });
    const other = await it.open({});
    await it.ask('PUT', `/v1/kv/k?acquire=${ended}`, 'v');
    await it.ask('PUT', `/v1/kv/o?acquire=${other}`, 'v');
    await change(it);
    expect([it.isOpen(ended), it.isOpen(other)]).toEqual([false, true]);
    const index = it.rpc.store.view().index;
    const [pair] = (await it.ask('GET', '/v1/kv/k')) as [KvPair];
    expect(pair).toMatchObject({ LockIndex: 1, ModifyIndex: index });
    expect(pair).not.toHaveProperty('Session');
    expect(await it.ask('GET', '/v1/kv/o')).toMatchObject([{ Session: other }]);
  });
});

describe('a session stays', () => {
  test.each<[string, object, (world: World) => Promise<unknown>]>([
    [
      'when a check that is not its own turns critical',
      {},
      ({ register }) => register('n1', { disk: 'critical' }),
    ],
    [
      'when its check turns warning',
      { NodeChecks: ['disk'] },
      ({ register }) => register('n1', { disk: 'warning' }),
    ],
    [
      'when the check of that name on another node goes',
      {},
      ({ deregister }) => deregister({ Node: 'vm', CheckID: 'serfHealth' }),
    ],
    [
      'without checks, whatever happens to them',
      { NodeChecks: [], Checks: [] },
      ({ register }) => register('n1', { serfHealth: 'critical' }),
    ],
    [
      'when a name that its node starts with goes',
      {},
      ({ deregister }) => deregister({ Node: 'n' }),
    ],
  ])('%s', async (_what, body, change) => {
    const it = await world();
    const id = await it.open({ ...onN1, ...body });
    await change(it);
    expect(it.isOpen(id)).toBe(true);
  });
});

test('what was true for the leader is checked again when the entry is applied', async () => {
  const { rpc, register, isOpen } = await world();
  const payload = {
    ID: '00000000-0000-4000-8000-00000000beef',
    Name: '',
    Node: 'n1',
    LockDelay: 0,
    Behavior: 'release',
    TTL: '',
    NodeChecks: ['disk'],
    ServiceChecks: null,
  };
  await register('n1', { disk: 'critical' });
  expect(() => rpc.apply({ type: 'session.create' }, payload)).toThrow('critical');
  const elsewhere = { ...payload, Node: 'gone' };
  expect(() => rpc.apply({ type: 'session.create' }, elsewhere)).toThrow('Missing node');
  expect(isOpen(payload.ID)).toBe(false);
});
