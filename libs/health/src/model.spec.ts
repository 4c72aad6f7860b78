/**
 * Random histories of registrations: the tables stay consistent, a repeated registration changes
 * nothing, and no query's answer ever changes without its watch firing and its index rising.
 */
import { MANAGE_ALL } from '@mesh/acl';
import {
  catalogDeregister,
  catalogNodeServices,
  catalogRegister,
  catalogResource,
  catalogServiceNodes,
  catalogServices,
  checks,
  nodeByName,
  nodes,
  serviceKey,
  services,
} from '@mesh/catalog';
import { coordinateResource } from '@mesh/coordinate';
import { PLAIN_WRITE, type ReadEndpoint } from '@mesh/resource';
import type { StateView } from '@mesh/state';
import { DirectRpc } from '@mesh/testkit';
import fc from 'fast-check';
import { healthChecksInState, healthNodeChecks, healthServiceNodes } from './endpoint.ts';
import { healthResource } from './resource.ts';

const hooks = { onNodeDeleted() {}, onCheckDeleted() {}, onCheckCritical() {} };
const node = fc.constantFrom('n1', 'N1', 'n2', 'n10');
const serviceId = fc.constantFrom('a', 'b', 'A');
const checkId = fc.constantFrom('c1', 'c2', 'serfHealth');
const serviceName = fc.constantFrom('web', 'Web', 'db');

const registration = fc.record({
  Datacenter: fc.constant(''),
  ID: fc.constantFrom('', '', '11111111-1111-4111-8111-111111111111'),
  Node: node,
  Address: fc.constantFrom('10.0.0.1', 'fd00::1'),
  TaggedAddresses: fc.constant(null),
  NodeMeta: fc.constantFrom(null, { k: 'v' }),
  SkipNodeUpdate: fc.boolean(),
  Service: fc.option(
    fc.record({
      ID: serviceId,
      Service: serviceName,
      Tags: fc.subarray(['t', 'u']),
      Kind: fc.constantFrom('', 'connect-proxy'),
      Proxy: fc.constant({ DestinationServiceName: 'web' }),
    }),
  ),
  Checks: fc.array(
    fc.record({
      CheckID: checkId,
      ServiceID: fc.constantFrom('', 'a', 'b'),
      Status: fc.constantFrom('passing', 'warning', 'critical'),
    }),
    { maxLength: 2 },
  ),
});
const deregistration = fc.record({
  Datacenter: fc.constant(''),
  Node: node,
  ServiceID: fc.oneof(fc.constant(''), serviceId),
  CheckID: fc.oneof(fc.constant(''), checkId),
});
const operation = fc.oneof(
  { weight: 4, arbitrary: registration.map((value) => ({ kind: 'register' as const, value })) },
  { weight: 1, arbitrary: deregistration.map((value) => ({ kind: 'deregister' as const, value })) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** A query with its arguments fixed. */
function ask<A, R>(endpoint: ReadEndpoint<A, R>, args: A) {
  const context = { authorizer: MANAGE_ALL, datacenter: 'dc1', nowMs: 0 };
  return (view: StateView) => JSON.stringify(endpoint.run(view, args, context));
}

const instances = { service: 'web', connect: false, tags: [], nodeMeta: {}, filter: '' };
const health = { ...instances, passingOnly: false, ingress: false };
const queries = {
  services: ask(catalogServices, { nodeMeta: {} }),
  servicesWithMeta: ask(catalogServices, { nodeMeta: { k: 'v' } }),
  instances: ask(catalogServiceNodes, instances),
  node: ask(catalogNodeServices, { node: 'n1', filter: '' }),
  health: ask(healthServiceNodes, health),
  passing: ask(healthServiceNodes, { ...health, passingOnly: true, tags: ['t'] }),
  connect: ask(healthServiceNodes, { ...health, connect: true }),
  checks: ask(healthNodeChecks, { node: 'n1', filter: '' }),
  warning: ask(healthChecksInState, { state: 'warning', nodeMeta: {}, filter: '' }),
  any: ask(healthChecksInState, { state: 'any', nodeMeta: { k: 'v' }, filter: '' }),
};

async function run(rpc: DirectRpc, operation: Operation): Promise<'done' | 'refused'> {
  try {
    if (operation.kind === 'register')
      await rpc.write(catalogRegister, operation.value, PLAIN_WRITE);
    else await rpc.write(catalogDeregister, operation.value, PLAIN_WRITE);
    return 'done';
  } catch (thrown) {
    expect(thrown).toMatchObject({ name: 'MeshError' });
    return 'refused';
  }
}

function watchAll(rpc: DirectRpc) {
  return Object.entries(queries).map(([name, query]) => {
    const view = rpc.store.trackingView();
    const answer = query(view);
    const dependencies = view.dependencies();
    return {
      name,
      answer,
      index: dependencies.index,
      watch: rpc.store.watch(dependencies, () => {}),
    };
  });
}

function expectConsistent(view: StateView): void {
  const tags: Record<string, string[]> = {};
  for (const row of view.prefix(services, '')) {
    expect(nodeByName(view, row.node)?.Node).toBe(row.node);
    const known = tags[row.service.Service] ?? [];
    tags[row.service.Service] = [...new Set([...known, ...(row.service.Tags ?? [])])].sort();
  }
  for (const check of view.prefix(checks, '')) {
    expect(nodeByName(view, check.Node)?.Node).toBe(check.Node);
    if (check.ServiceID === '') continue;
    const service = view.get(services, serviceKey(check.Node, check.ServiceID))?.service;
    expect(service).toMatchObject({ Service: check.ServiceName, Tags: check.ServiceTags });
  }
  expect(JSON.parse(queries.services(view))).toEqual(tags);
}

function rowsOf(view: StateView): readonly object[] {
  return [nodes, services, checks].flatMap((table) => [...view.prefix(table as typeof nodes, '')]);
}

test('answers change only together with their watch and their index', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 25 }), async (history) => {
      const rpc = new DirectRpc([
        catalogResource(hooks),
        coordinateResource({ nodeExists: () => true }),
        healthResource(),
      ]);
      for (const operation of history) {
        const before = watchAll(rpc);
        await run(rpc, operation);
        expectConsistent(rpc.store.view());
        for (const { name, answer, index, watch } of before) {
          const view = rpc.store.trackingView();
          const changed = queries[name as keyof typeof queries](view) !== answer;
          const { index: now } = view.dependencies();
          expect(now).toBeGreaterThanOrEqual(index);
          if (changed) {
            expect([name, watch.fired, now > index]).toEqual([name, true, true]);
          }
          watch.cancel();
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('the same registration again changes no row', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { maxLength: 12 }),
      registration,
      async (history, last) => {
        const rpc = new DirectRpc([
          catalogResource(hooks),
          coordinateResource({ nodeExists: () => true }),
          healthResource(),
        ]);
        for (const operation of history) await run(rpc, operation);
        const again = { kind: 'register' as const, value: last };
        // Two checks with one id in a registration overwrite each other each time.
        fc.pre(new Set(last.Checks.map((check) => check.CheckID)).size === last.Checks.length);
        if ((await run(rpc, again)) === 'refused') return;
        const before = rowsOf(rpc.store.view());
        expect(await run(rpc, again)).toBe('done');
        const after = rowsOf(rpc.store.view());
        expect(after).toHaveLength(before.length);
        for (const [at, row] of after.entries()) expect(row).toBe(before[at]);
      },
    ),
    { numRuns: 300 },
  );
});
