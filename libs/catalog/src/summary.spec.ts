import type { NodeService } from '@mesh/api-contract';
import { createStateStore } from '@mesh/state';
import fc from 'fast-check';
import { normalizeService } from './normalize.ts';
import { listServices } from './queries.ts';
import { recount } from './summary.ts';
import { summaries, tallies } from './table.ts';

function service(name: string, tags: readonly string[]): NodeService {
  return { ...normalizeService({ Service: name, Tags: tags }), CreateIndex: 1, ModifyIndex: 1 };
}

/** What the list must be, from scratch. */
function expected(instances: Iterable<NodeService>): Record<string, string[]> {
  const names = new Map<string, Set<string>>();
  for (const { Service, Tags } of instances) {
    const tags = names.get(Service) ?? new Set();
    names.set(Service, tags);
    for (const tag of Tags ?? []) tags.add(tag);
  }
  return Object.fromEntries([...names].map(([name, tags]) => [name, [...tags].sort()]));
}

const change = fc.record({
  instance: fc.integer({ min: 0, max: 4 }),
  // Names and tags that break maps made of plain objects.
  next: fc.option(
    fc.record({
      name: fc.constantFrom('web', 'Web', 'constructor', 'toString'),
      tags: fc.array(fc.constantFrom('a', 'b', 'a', '__proto__', ''), { maxLength: 4 }),
    }),
  ),
});

test('the list of services is right after any history of registrations', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (history) => {
      const store = createStateStore([summaries, tallies]);
      const instances = new Map<number, NodeService>();
      for (const { instance, next } of history) {
        const txn = store.write(store.view().index + 1);
        const before = instances.get(instance);
        const after = next ? service(next.name, next.tags) : undefined;
        recount(txn, before, after);
        txn.commit();
        if (after) instances.set(instance, after);
        else instances.delete(instance);
      }
      const got = { ...listServices(store.view(), {}) };
      expect(got).toEqual(expected(instances.values()));
    }),
  );
});

test('a name without a safe spelling as a key is listed like any other', () => {
  const store = createStateStore([summaries, tallies]);
  const txn = store.write(1);
  recount(txn, undefined, service('__proto__', ['x']));
  txn.commit();
  expect(JSON.stringify(listServices(store.view(), {}))).toBe('{"__proto__":["x"]}');
});

test('an instance more with the same tags does not touch the summary', () => {
  const store = createStateStore([summaries, tallies]);
  const first = store.write(1);
  recount(first, undefined, service('web', ['a']));
  first.commit();
  const before = store.view().get(summaries, 'web');
  const second = store.write(2);
  recount(second, undefined, service('web', ['a']));
  second.commit();
  expect(store.view().get(summaries, 'web')).toBe(before);
});
