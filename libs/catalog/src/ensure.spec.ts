import type { CatalogNode, HealthCheck } from '@mesh/api-contract';
import { MeshError } from '@mesh/base';
import { coordinateResource } from '@mesh/coordinate';
import type { ApplyContext } from '@mesh/resource';
import { createStateStore, type WriteTxn } from '@mesh/state';
import { ensureCheck, ensureNode, ensureService } from './ensure.ts';
import {
  type LooseCheck,
  type LooseService,
  normalizeCheck,
  normalizeService,
} from './normalize.ts';
import { nodeByName } from './queries.ts';
import { deleteCheck, deleteNode, deleteService } from './remove.ts';
import { catalogResource } from './resource.ts';
import { checkKey, checks, nodes, serviceKey, services, summaries, tallies } from './table.ts';
import type { CatalogHooks, NodeInput } from './types.ts';

const ID_A = '11111111-1111-4111-8111-111111111111';
const ID_B = '22222222-2222-4222-8222-222222222222';

/** A catalog with one transaction a step and a record of the hooks that were called. */
function world() {
  const events: string[] = [];
  const hooks: CatalogHooks = {
    onNodeDeleted: (_txn, _context, node) => events.push(`node ${node}`),
    onCheckDeleted: (_txn, _context, node, check) => events.push(`check ${node}/${check}`),
    onCheckCritical: (_txn, _context, node, check) => events.push(`critical ${node}/${check}`),
  };
  const store = createStateStore([
    ...catalogResource(hooks).tables,
    ...coordinateResource({ nodeExists: () => true }).tables,
  ]);
  function step<R>(change: (txn: WriteTxn, context: ApplyContext) => R): R {
    const index = store.view().index + 1;
    const txn = store.write(index);
    try {
      const result = change(txn, { index, proposedAtMs: 0 });
      txn.commit();
      return result;
    } catch (thrown) {
      txn.abort();
      throw thrown;
    }
  }
  return {
    store,
    events,
    step,
    node: (input: Partial<NodeInput> & { Node: string }): CatalogNode =>
      step((txn, context) =>
        ensureNode(
          txn,
          context,
          {
            ID: '',
            Address: '10.0.0.1',
            Datacenter: 'dc1',
            TaggedAddresses: null,
            Meta: null,
            ...input,
          },
          hooks,
        ),
      ),
    service: (node: string, input: LooseService) =>
      step((txn, context) => ensureService(txn, context, node, normalizeService(input))),
    check: (node: string, input: LooseCheck): HealthCheck =>
      step((txn, context) => ensureCheck(txn, context, normalizeCheck(input, node), hooks)),
    drop: {
      node: (name: string) => step((txn, context) => deleteNode(txn, context, name, hooks)),
      service: (name: string, id: string) =>
        step((txn, context) => deleteService(txn, context, name, id, hooks)),
      check: (name: string, id: string) =>
        step((txn, context) => deleteCheck(txn, context, name, id, hooks)),
    },
  };
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (thrown) {
    return thrown instanceof MeshError ? thrown.code : String(thrown);
  }
  return 'accepted';
}

describe('nodes', () => {
  test('an equal registration changes no index, a different one the ModifyIndex alone', () => {
    const { node, store } = world();
    expect(node({ Node: 'a' })).toMatchObject({ CreateIndex: 1, ModifyIndex: 1 });
    expect(node({ Node: 'a' })).toMatchObject({ CreateIndex: 1, ModifyIndex: 1 });
    const meta = { x: '1' };
    expect(node({ Node: 'a', Meta: meta })).toMatchObject({ CreateIndex: 1, ModifyIndex: 3 });
    expect(store.view().count(nodes)).toBe(1);
  });

  test('names match without regard to case and keep their first spelling', () => {
    const { node, store } = world();
    node({ Node: 'Alpha' });
    expect(node({ Node: 'ALPHA', Address: '10.9.9.9' }).Node).toBe('Alpha');
    expect(nodeByName(store.view(), 'alpha')?.Address).toBe('10.9.9.9');
  });

  test('an absent id leaves the stored one', () => {
    const { node } = world();
    node({ Node: 'a', ID: ID_A });
    expect(node({ Node: 'a', Address: '10.0.0.2' }).ID).toBe(ID_A);
  });

  test('an id under another name renames a node that is not alive', () => {
    const { node, service, store, events } = world();
    node({ Node: 'old', ID: ID_A });
    service('old', { Service: 'web' });
    expect(node({ Node: 'new', ID: ID_A.toUpperCase() }).ID).toBe(ID_A.toUpperCase());
    expect(nodeByName(store.view(), 'old')).toBeUndefined();
    expect(store.view().count(services)).toBe(0);
    expect(events).toEqual(['node old']);
  });

  test('a node that is alive keeps its id against a newcomer until it is gone', () => {
    const { node, check, store, drop } = world();
    node({ Node: 'vm', ID: ID_A });
    check('vm', { CheckID: 'serfHealth', Status: 'passing' });
    expect(node({ Node: 'thief', ID: ID_A }).ID).toBe('');
    expect(nodeByName(store.view(), 'vm')?.ID).toBe(ID_A);
    drop.node('vm');
    expect(node({ Node: 'thief', ID: ID_A }).ID).toBe(ID_A);
  });

  test('the name of an alive node is refused to another id, that of a failed one is given', () => {
    const { node, check } = world();
    node({ Node: 'vm', ID: ID_A });
    check('vm', { CheckID: 'serfHealth', Status: 'passing' });
    expect(codeOf(() => node({ Node: 'VM', ID: ID_B }))).toBe('conflict');
    check('vm', { CheckID: 'serfHealth', Status: 'critical' });
    expect(node({ Node: 'vm', ID: ID_B }).ID).toBe(ID_B);
  });
});

describe('services', () => {
  test('need their node', () => {
    const { service } = world();
    expect(codeOf(() => service('nope', { Service: 'web' }))).toBe('not-found');
  });

  test('an equal registration changes nothing, whatever the order of its properties', () => {
    const { node, service } = world();
    node({ Node: 'a' });
    const first = service('a', { Service: 'web', Meta: { x: '1', y: '2' }, Port: 80 });
    const again = service('A', { Port: 80, Meta: { y: '2', x: '1' }, Service: 'web' });
    expect(again).toBe(first);
    expect(first).toMatchObject({ ID: 'web', CreateIndex: 2, ModifyIndex: 2 });
    expect(service('a', { Service: 'web', Port: 81 })).toMatchObject({
      CreateIndex: 2,
      ModifyIndex: 4,
    });
  });

  test('checks follow a new name and new tags of their service', () => {
    const { node, service, check, store } = world();
    node({ Node: 'a' });
    service('a', { ID: 'w', Service: 'web', Tags: ['v1'] });
    const before = check('a', { CheckID: 'c', ServiceID: 'w', Status: 'passing' });
    expect(before).toMatchObject({ ServiceName: 'web', ServiceTags: ['v1'] });
    service('a', { ID: 'w', Service: 'api', Tags: ['v2'] });
    expect(store.view().get(checks, checkKey('a', 'c'))).toMatchObject({
      ServiceName: 'api',
      ServiceTags: ['v2'],
      Status: 'passing',
      CreateIndex: before.CreateIndex,
      ModifyIndex: store.view().index,
    });
  });
});

describe('checks', () => {
  test('need their node and their service', () => {
    const { node, check } = world();
    expect(codeOf(() => check('a', { CheckID: 'c' }))).toBe('not-found');
    node({ Node: 'a' });
    expect(codeOf(() => check('a', { CheckID: 'c', ServiceID: 'nope' }))).toBe('not-found');
  });

  test('are critical unless told, take name and tags from the service, and change alone', () => {
    const { node, service, check, store } = world();
    node({ Node: 'a' });
    const web = service('a', { Service: 'web', Tags: ['t'] });
    const made = check('a', { Name: 'c', ServiceID: 'web', ServiceName: 'lie', ServiceTags: [] });
    expect(made).toMatchObject({ CheckID: 'c', Status: 'critical', ServiceName: 'web' });
    expect(made.ServiceTags).toEqual(['t']);
    check('a', { Name: 'c', ServiceID: 'web', Status: 'passing' });
    expect(store.view().get(services, serviceKey('a', 'web'))?.service).toBe(web);
    expect(nodeByName(store.view(), 'a')?.ModifyIndex).toBe(1);
  });

  test('the hook hears of each change to critical, once', () => {
    const { node, check, events } = world();
    node({ Node: 'A' });
    for (const Status of ['critical', 'critical', 'passing', 'critical']) {
      check('a', { CheckID: 'c', Status, Output: 'x' });
    }
    expect(events).toEqual(['critical A/c', 'critical A/c']);
  });
});

describe('removing', () => {
  test('a node takes all that is on it along and leaves similar names alone', () => {
    const { node, service, check, drop, store, events } = world();
    for (const name of ['a', 'ab']) {
      node({ Node: name });
      service(name, { Service: `web-${name}`, Tags: ['t'] });
      check(name, { CheckID: 'c', ServiceID: `web-${name}`, Status: 'passing' });
    }
    expect(drop.node('A')).toBe(true);
    const view = store.view();
    const counts = [nodes, services, checks, summaries, tallies].map((table) =>
      view.count(table as typeof nodes),
    );
    expect(counts).toEqual([1, 1, 1, 1, 1]);
    expect(events).toEqual(['node a']);
    expect(drop.node('a')).toBe(false);
  });

  test('a service takes its checks along and leaves those of the node', () => {
    const { node, service, check, drop, store, events } = world();
    node({ Node: 'a' });
    service('a', { Service: 'web' });
    check('a', { CheckID: 'own', ServiceID: 'web', Status: 'passing' });
    check('a', { CheckID: 'disk', Status: 'passing' });
    expect(drop.service('a', 'web')).toBe(true);
    expect([...store.view().prefix(checks, '')].map((each) => each.CheckID)).toEqual(['disk']);
    expect(events).toEqual(['check a/own']);
    expect(drop.service('a', 'web')).toBe(false);
    expect(drop.check('a', 'disk')).toBe(true);
    expect(drop.check('a', 'disk')).toBe(false);
  });
});
