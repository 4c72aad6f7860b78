/** Snapshots of the state machine: random histories over all resources. */
import { MeshError } from '@mesh/base';
import { kvHttpRoutes } from '@mesh/kv';
import { callRoute } from '@mesh/testkit';
import fc from 'fast-check';
import { histories } from '../testing/histories.ts';
import { comparable, pieces, Replica, ReplicaLeader } from '../testing/replica.ts';

async function ran(history: Parameters<ReplicaLeader['run']>[0] = []): Promise<ReplicaLeader> {
  const leader = new ReplicaLeader(callRoute);
  await leader.run(history);
  return leader;
}

function tablesWithRows({ store }: Replica): ReadonlySet<string> {
  const names = new Set<string>();
  let table = '';
  for (const record of store.dump(store.view())) {
    if (record.kind === 'table') table = record.name;
    else if (record.kind === 'row') names.add(table);
  }
  return names;
}

const rowsOf = ({ store }: Replica) => [...store.dump(store.view())];

it('a captured state restores to the same, row by row and byte by byte, and goes on alike', async () => {
  const seen = new Set<string>();
  const cuts = fc.double({ min: 0, max: 1, noNaN: true });
  await fc.assert(
    fc.asyncProperty(histories, cuts, async (history, at) => {
      const leader = await ran(history);
      const cut = Math.floor(leader.log.length * at);
      const first = new Replica();
      first.fsm.apply(leader.log.slice(0, cut));
      const second = new Replica();
      await second.restore(first.bytes(), 777);
      expect(rowsOf(second)).toStrictEqual(rowsOf(first));
      expect(second.bytes().equals(first.bytes())).toBe(true);
      const rest = leader.log.slice(cut);
      const outcomes = second.fsm.apply(rest);
      expect(comparable(outcomes)).toEqual(comparable(leader.outcomes.slice(cut)));
      expect(second.bytes().equals(leader.replica.bytes())).toBe(true);
      for (const name of tablesWithRows(leader.replica)) seen.add(name);
    }),
    { numRuns: 150 },
  );
  // Every table that the log alone fills; those of restores have tests of their own.
  const all = rowsOf(new Replica()).flatMap((record) =>
    record.kind === 'table' && !record.name.startsWith('snapshot_') ? [record.name] : [],
  );
  expect([...seen].sort()).toEqual(all.sort());
});

it('a capture is of its moment, whatever is written while it is walked, and however often', async () => {
  const leader = await ran();
  const routes = kvHttpRoutes({ rpc: leader });
  const write = (key: string) => callRoute(routes, 'PUT', `/v1/kv/${key}`, 'x'.repeat(500));
  for (let at = 0; at < 400; at++) await write(`old/${at}`);
  const capture = leader.replica.fsm.capture();
  const before = Buffer.concat([...capture]);
  const parts: Uint8Array[] = [];
  for (const chunk of capture) {
    parts.push(chunk);
    await write(`new/${parts.length}`);
  }
  expect(parts.length).toBeGreaterThan(2);
  expect(Buffer.concat(parts).equals(before)).toBe(true);
  expect(leader.replica.bytes().equals(before)).toBe(false);
});

it('gives others their turn while it reads, and shows the old state until it is done', async () => {
  const leader = await ran();
  const routes = kvHttpRoutes({ rpc: leader });
  for (let at = 0; at < 2000; at++) await callRoute(routes, 'PUT', `/v1/kv/${at}`, 'x'.repeat(100));
  const bytes = leader.replica.bytes();
  const replica = new Replica();
  const before = replica.store.view();
  const chunks = pieces(bytes);
  const watched = (async function* () {
    for await (const chunk of chunks) {
      expect(replica.store.view()).toBe(before);
      yield chunk;
    }
  })();
  await replica.fsm.restore(watched);
  expect(replica.turns).toBeGreaterThanOrEqual(Math.floor(bytes.length / 70_000));
  expect(replica.bytes().equals(bytes)).toBe(true);
});

it('a state that does not come whole changes nothing', async () => {
  const leader = await ran();
  const bytes = leader.replica.bytes();
  const replica = new Replica();
  await replica.restore(bytes);
  let told = 0;
  replica.fsm.onRestore(() => {
    told++;
  });
  const broken = (async function* () {
    yield bytes.subarray(0, 100);
    throw new MeshError('unavailable', 'the disk is gone');
  })();
  await expect(replica.fsm.restore(broken)).rejects.toThrow('the disk is gone');
  for (const cut of [0, 3, 100, bytes.length - 1]) {
    const torn = replica.restore(bytes.subarray(0, cut));
    await expect(torn).rejects.toMatchObject({ code: 'invalid-argument' });
  }
  expect(told).toBe(0);
  expect(replica.bytes().equals(bytes)).toBe(true);
});

it('tells its listeners, and waits for them', async () => {
  const { replica } = await ran();
  const other = new Replica();
  const told: string[] = [];
  const release = other.fsm.onRestore(async (cause) => {
    await Promise.resolve();
    told.push(cause, String(other.store.view().index));
  });
  other.fsm.onRestore(() => {
    throw new Error('a listener that fails');
  });
  await other.restore(replica.bytes());
  expect(told).toEqual(['raft-snapshot', String(replica.store.view().index)]);
  release();
  await other.restore(replica.bytes());
  expect(told).toHaveLength(2);
});
