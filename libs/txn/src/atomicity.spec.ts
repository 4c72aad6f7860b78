/** All or nothing: what a failed transaction leaves behind is nothing at all. */
import { checks, nodes, services } from '@mesh/catalog';
import { pairsUnder } from '@mesh/kv';
import { sessions } from '@mesh/session';
import type { StateView } from '@mesh/state';
import { callRoute, type DomainWorld, domainWorld } from '@mesh/testkit';
import fc from 'fast-check';

const SESSION = '00000000-0000-4000-8000-0000000000aa';

async function world(): Promise<DomainWorld> {
  const it = await domainWorld();
  await it.register('n1', { disk: 'passing' });
  const session = { Name: '', Node: 'n1', LockDelay: 0, Behavior: 'release', TTL: '' };
  const stands = { NodeChecks: ['disk'], ServiceChecks: null };
  it.rpc.apply({ type: 'session.create' }, { ID: SESSION, ...session, ...stands });
  await it.ask('PUT', '/v1/kv/a/held?acquire=00000000-0000-4000-8000-0000000000aa', 'v');
  await it.ask('PUT', '/v1/kv/a/free', 'v');
  return it;
}

const everything = (view: StateView): unknown => [
  pairsUnder(view, ''),
  ...[nodes, services, checks, sessions].map((table) => [
    ...view.prefix(table as typeof nodes, ''),
  ]),
];

const key = fc.constantFrom('a/held', 'a/free', 'a/new', '');
const kv = fc.record({
  KV: fc.record({
    Verb: fc.constantFrom(
      'set',
      'cas',
      'lock',
      'unlock',
      'delete',
      'delete-cas',
      'delete-tree',
      'get',
      'get-tree',
      'check-index',
      'check-session',
      'check-not-exists',
    ),
    Key: key,
    Value: fc.constantFrom('', 'QQ=='),
    Index: fc.constantFrom(0, 4, 5, 6),
    Session: fc.constantFrom('', SESSION, '00000000-0000-4000-8000-00000000dead'),
  }),
});
const verb = fc.constantFrom('get', 'set', 'cas', 'delete', 'delete-cas');
const Node = fc.constantFrom('n1', 'n2', '');
const ModifyIndex = fc.constantFrom(0, 2, 3);
const node = fc.record({
  Node: fc.record({
    Verb: verb,
    Node: fc.record({ Node, ModifyIndex, ID: fc.constantFrom('', 'bad') }),
  }),
});
const service = fc.record({
  Service: fc.record({
    Verb: verb,
    Node,
    Service: fc.record({
      ID: fc.constantFrom('web', ''),
      Service: fc.constant('web'),
      ModifyIndex,
    }),
  }),
});
const check = fc.record({
  Check: fc.record({
    Verb: verb,
    Check: fc.record({
      Node,
      CheckID: fc.constantFrom('disk', 'c'),
      Status: fc.constantFrom('passing', 'critical', 'odd'),
      ModifyIndex,
    }),
  }),
});
const operations = fc.array(fc.oneof(kv, kv, node, service, check), { minLength: 1, maxLength: 8 });

test('a transaction that fails changes nothing, wakes nobody and is told in full', async () => {
  let failures = 0;
  let successes = 0;
  await fc.assert(
    fc.asyncProperty(operations, async (body) => {
      const { rpc, routes } = await world();
      const view = rpc.store.trackingView();
      const before = everything(view);
      const { index } = rpc.store.view();
      const dependencies = view.dependencies();
      const watch = rpc.store.watch(dependencies, () => {});
      const reply = await callRoute(routes, 'PUT', '/v1/txn', body);
      const { Results, Errors } = (reply as { value: { Results: unknown; Errors: unknown } }).value;
      if (reply.status === 200) {
        successes++;
        expect([Errors, Array.isArray(Results)]).toEqual([null, true]);
        return;
      }
      failures++;
      expect([reply.status, Results]).toEqual([409, null]);
      const errors = Errors as { OpIndex: number; What: string }[];
      expect(errors.length).toBeGreaterThan(0);
      const positions = errors.map(({ OpIndex }) => OpIndex);
      expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
      for (const { OpIndex, What } of errors) {
        expect(OpIndex).toBeLessThan(body.length);
        expect(What).not.toBe('');
      }
      const now = rpc.store.trackingView();
      expect(everything(now)).toEqual(before);
      expect([now.dependencies().index, rpc.store.view().index]).toEqual([
        dependencies.index,
        index,
      ]);
      expect([watch.fired, rpc.store.changed(dependencies)]).toEqual([false, false]);
    }),
    { numRuns: 500 },
  );
  expect(Math.min(failures, successes)).toBeGreaterThan(10);
});

test('later operations see what earlier ones did', async () => {
  const { ask } = await world();
  const outcome = await ask('PUT', '/v1/txn', [
    { KV: { Verb: 'check-not-exists', Key: 'x' } },
    { KV: { Verb: 'set', Key: 'x', Value: 'QQ==' } },
    { KV: { Verb: 'get', Key: 'x' } },
    { KV: { Verb: 'delete-tree', Key: 'a/' } },
    { KV: { Verb: 'get-tree', Key: 'a/' } },
    { KV: { Verb: 'lock', Key: 'x', Session: SESSION } },
    { Check: { Verb: 'delete', Check: { Node: 'n1', CheckID: 'disk' } } },
    { KV: { Verb: 'check-session', Key: 'x', Session: '' } },
  ]);
  expect(outcome).toMatchObject({ Errors: null, Results: [{}, {}, {}, {}] });
  expect(await ask('GET', '/v1/kv/?keys')).toEqual(['x']);
  expect(await ask('GET', `/v1/session/info/${SESSION}`)).toEqual([]);
});
