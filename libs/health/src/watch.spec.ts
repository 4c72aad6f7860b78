import { catalogDeregister, catalogRegister, catalogResource } from '@mesh/catalog';
import { coordinateResource } from '@mesh/coordinate';
import { PLAIN_WRITE } from '@mesh/resource';
import type { StateView } from '@mesh/state';
import { DirectRpc } from '@mesh/testkit';
import { checksInState, healthOf, nodeChecks, serviceChecks } from './queries.ts';
import { healthResource } from './resource.ts';

const hooks = { onNodeDeleted() {}, onCheckDeleted() {}, onCheckCritical() {} };
const web = { service: 'web', connect: false, tags: [], nodeMeta: {} };
const empty = { Datacenter: '', ID: '', TaggedAddresses: null, NodeMeta: null, Service: null };

type Registration = Partial<Parameters<typeof catalogRegister.prepare>[0]> & { Node: string };

async function world() {
  const rpc = new DirectRpc([
    catalogResource(hooks),
    coordinateResource({ nodeExists: () => true }),
    healthResource(),
  ]);
  const register = (body: Registration) =>
    rpc.write(
      catalogRegister,
      { ...empty, Address: '10.0.0.1', SkipNodeUpdate: true, Checks: [], ...body },
      PLAIN_WRITE,
    );
  const deregister = (Node: string, ServiceID = '', CheckID = '') =>
    rpc.write(catalogDeregister, { Datacenter: '', Node, ServiceID, CheckID }, PLAIN_WRITE);
  for (const Node of ['n1', 'n2', 'n3']) await register({ Node });
  for (const Node of ['n1', 'n2']) {
    await register({
      Node,
      Service: { Service: 'web' },
      Checks: [
        { CheckID: 'node', Status: 'passing' },
        { CheckID: 'web', ServiceID: 'web', Status: 'passing' },
      ],
    });
  }
  await register({
    Node: 'n1',
    Service: { Service: 'db' },
    Checks: [{ CheckID: 'db', ServiceID: 'db', Status: 'passing' }],
  });
  async function wakes(query: (view: StateView) => unknown, change: () => Promise<unknown>) {
    const view = rpc.store.trackingView();
    query(view);
    let woken = false;
    const watch = rpc.store.watch(view.dependencies(), () => {
      woken = true;
    });
    await change();
    watch.cancel();
    return woken;
  }
  return { rpc, register, deregister, wakes };
}

async function expectEach(
  expected: boolean,
  query: (view: StateView) => unknown,
  wakes: Awaited<ReturnType<typeof world>>['wakes'],
  changes: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<void> {
  for (const [name, change] of Object.entries(changes)) {
    expect([name, await wakes(query, change)]).toEqual([name, expected]);
  }
}

const status = (CheckID: string, ServiceID: string, Status: string) => [
  { CheckID, ServiceID, Status },
];

describe('health of a service', () => {
  const query = (view: StateView) => healthOf(view, web, false);

  test('sleeps through everything that does not change its answer', async () => {
    const { register, deregister, wakes } = await world();
    await expectEach(false, query, wakes, {
      'check of another service on the same node': () =>
        register({ Node: 'n1', Checks: status('db', 'db', 'critical') }),
      'another service on the same node': () =>
        register({ Node: 'n1', Service: { Service: 'more' } }),
      'node check elsewhere': () => register({ Node: 'n3', Checks: status('n', '', 'critical') }),
      'another node changed': () =>
        register({ Node: 'n3', Address: '10.0.0.33', SkipNodeUpdate: false }),
      'the same check again': () =>
        register({ Node: 'n1', Checks: status('web', 'web', 'passing') }),
      'the same service again': () => register({ Node: 'n1', Service: { Service: 'web' } }),
      'another service gone': () => deregister('n1', 'db'),
      'another node gone': () => deregister('n3'),
    });
  });

  test('wakes for all that does', async () => {
    const { register, deregister, wakes } = await world();
    await expectEach(true, query, wakes, {
      'own check': () => register({ Node: 'n1', Checks: status('web', 'web', 'critical') }),
      'new own check': () => register({ Node: 'n1', Checks: status('web2', 'web', 'passing') }),
      'node check': () => register({ Node: 'n2', Checks: status('node', '', 'critical') }),
      'new node check': () => register({ Node: 'n2', Checks: status('disk', '', 'critical') }),
      'own check gone': () => deregister('n1', '', 'web2'),
      'node check gone': () => deregister('n2', '', 'disk'),
      'service changed': () => register({ Node: 'n1', Service: { Service: 'web', Port: 1 } }),
      'node changed': () => register({ Node: 'n1', Address: '10.1.1.1', SkipNodeUpdate: false }),
      'new instance': () => register({ Node: 'n3', Service: { Service: 'WEB' } }),
      'instance gone': () => deregister('n3', 'WEB'),
      'node gone': () => deregister('n2'),
    });
  });

  test('of an unknown service wakes when it appears, not before', async () => {
    const { register, wakes } = await world();
    const absent = (view: StateView) => healthOf(view, { ...web, service: 'absent' }, true);
    await expectEach(false, absent, wakes, {
      other: () => register({ Node: 'n1', Service: { Service: 'absent-minded' } }),
      check: () => register({ Node: 'n1', Checks: status('web', 'web', 'warning') }),
    });
    await expectEach(true, absent, wakes, {
      itself: () => register({ Node: 'n1', Service: { Service: 'absent' } }),
    });
  });
});

test('checks of a node, of a service and in a state wake for their own', async () => {
  const { register, wakes } = await world();
  const onN2 = (view: StateView) => nodeChecks(view, 'N2');
  const ofWeb = (view: StateView) => serviceChecks(view, 'Web', {});
  const warning = (view: StateView) => checksInState(view, 'warning', {});
  const db = (Status: string) => () => register({ Node: 'n1', Checks: status('db', 'db', Status) });
  await expectEach(false, onN2, wakes, { db: db('critical') });
  await expectEach(false, ofWeb, wakes, { db: db('passing') });
  await expectEach(false, warning, wakes, { db: db('critical') });
  await expectEach(true, warning, wakes, { into: db('warning'), 'out of': db('passing') });
  const own = (Status: string) => () =>
    register({ Node: 'n2', Checks: status('web', 'web', Status) });
  await expectEach(true, onN2, wakes, { own: own('warning') });
  await expectEach(true, ofWeb, wakes, { own: own('passing') });
});

test('the index of an answer is that of the last change to it', async () => {
  const { rpc, register, deregister } = await world();
  const indexOf = () => {
    const view = rpc.store.trackingView();
    healthOf(view, web, false);
    return view.dependencies().index;
  };
  await register({ Node: 'n1', Checks: status('web', 'web', 'critical') });
  const changed = rpc.store.view().index;
  await register({ Node: 'n1', Checks: status('db', 'db', 'critical') });
  expect(indexOf()).toBe(changed);
  await deregister('n2', 'web');
  const gone = rpc.store.view().index;
  expect(indexOf()).toBe(gone);
  await deregister('n1');
  expect(indexOf()).toBeGreaterThan(gone);
});

test('rows are shared with the store, and the checks of a service are one dependency', async () => {
  const { rpc, register } = await world();
  for (let nth = 0; nth < 20; nth++) {
    await register({
      Node: `m${nth}`,
      Service: { Service: 'many' },
      Checks: status('many', 'many', 'passing'),
    });
  }
  const many = { ...web, service: 'many' };
  const view = rpc.store.trackingView();
  const rows = healthOf(view, many, true);
  expect(rows).toHaveLength(20);
  // Instances, their checks, and for each of 20 nodes the node and its own checks.
  expect(view.dependencies().size).toBe(42);
  const [again] = healthOf(rpc.store.view(), many, true);
  expect(again?.Service).toBe(rows[0]?.Service);
  expect(again?.Node).toBe(rows[0]?.Node);
  expect(again?.Checks[0]).toBe(rows[0]?.Checks[0]);
});
