/**
 * Two servers that apply the same log hold the same state, to the byte; and so does one that starts from
 * a snapshot in the middle. Random histories over all resources.
 */
import { MANAGE_ALL } from '@mesh/acl';
import { MeshError, silentLogger } from '@mesh/base';
import { catalogHttpRoutes } from '@mesh/catalog';
import { configEntryHttpRoutes } from '@mesh/config-entry';
import { coordinateBatchUpdate, coordinateUpdate, originCoordinate } from '@mesh/coordinate';
import { intentionHttpRoutes } from '@mesh/intentions';
import { kvHttpRoutes } from '@mesh/kv';
import { operatorHttpRoutes } from '@mesh/operator';
import { queryHttpRoutes } from '@mesh/prepared-query';
import type { LogEntry } from '@mesh/raft';
import type { BoundRoute, ReadEndpoint, ReadReply, Rpc, WriteEndpoint } from '@mesh/resource';
import { sessionCreate, sessionHttpRoutes } from '@mesh/session';
import { createStateStore, type DumpRecord, type StateStore } from '@mesh/state';
import { callRoute } from '@mesh/testkit';
import { txnHttpRoutes } from '@mesh/txn';
import fc from 'fast-check';
import { Packr, Unpackr } from 'msgpackr';
import { type Reaping, tombstoneReaping } from './duties/tombstone-reaper.ts';
import { encodeEntry } from './entry-codec.ts';
import { Fsm } from './fsm.ts';
import { createResources } from './resources.ts';
import { testOperator } from './testing/all-resources.ts';
import { histories, type Step, sessionId } from './testing/histories.ts';

const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false, int64AsType: 'auto' as never });
const create = sessionCreate(10_000);
const packed = (value: unknown): string => packr.pack(value).toString('hex');

/** The replicated part of a server. */
class Replica {
  readonly store: StateStore;
  readonly fsm: Fsm;
  readonly reaping: Reaping;

  constructor() {
    this.reaping = tombstoneReaping(() => this.store);
    const update = coordinateUpdate(() => {});
    const bound = {
      ...{ coordinateUpdate: update, sessionCreate: create, operator: testOperator },
    };
    const resources = [...createResources(bound), this.reaping.resource];
    this.store = createStateStore(resources.flatMap(({ tables }) => tables));
    this.fsm = new Fsm(this.store, resources, silentLogger);
  }

  /** All of its state, as a snapshot would store it. */
  dump(): readonly string[] {
    return [...this.store.dump(this.store.view())].map(packed);
  }

  restore(records: readonly string[]): void {
    const restore = this.store.restore();
    for (const record of records) {
      restore.add(unpackr.unpack(Buffer.from(record, 'hex')) as DumpRecord);
    }
    restore.finish();
  }
}

/** Prepares and applies each write at once, and keeps the log. */
class Leader implements Rpc {
  readonly replica = new Replica();
  readonly log: LogEntry[] = [];
  /** Outcome of each entry. */
  readonly outcomes: unknown[] = [];
  nowMs = 1_700_000_000_000;
  private uuids = 0;

  async read<A, R>(endpoint: ReadEndpoint<A, R>, args: A): Promise<ReadReply<R>> {
    const view = this.replica.store.view();
    const value = endpoint.run(view, args, {
      authorizer: MANAGE_ALL,
      datacenter: 'dc1',
      nowMs: this.nowMs,
    });
    return { value, index: view.index, knownLeader: true, lastContactMs: 0 };
  }

  call(): Promise<never> {
    return Promise.reject(new Error('no calls here'));
  }

  async write<A, R>(endpoint: WriteEndpoint<A, R>, args: A): Promise<R> {
    const prepared = endpoint.prepare(args, {
      authorizer: MANAGE_ALL,
      datacenter: 'dc1',
      nowMs: this.nowMs,
      view: this.replica.store.view(),
      uuid: () => sessionId(this.uuids++),
      touchSession: () => {},
    });
    if ('answer' in prepared) return prepared.answer;
    const { command, payload } = prepared;
    const data = encodeEntry({ type: command.type, proposedAtMs: this.nowMs, payload });
    const entry: LogEntry = { index: this.log.length + 1, term: 1, kind: 'command', data };
    this.log.push(entry);
    const [outcome] = this.replica.fsm.apply([entry]);
    this.outcomes.push(outcome);
    if (outcome instanceof Error) throw outcome;
    return outcome as R;
  }
}

async function perform(leader: Leader, routes: readonly BoundRoute[], step: Step): Promise<void> {
  try {
    if (step.kind === 'wait') leader.nowMs += step.ms;
    else if (step.kind === 'request') await callRoute(routes, ...step.request);
    else if (step.kind === 'coordinate') {
      const update = { Node: step.node, Segment: '', Coord: originCoordinate() };
      await leader.write(coordinateBatchUpdate, [update]);
    } else {
      const index = Math.max(0, leader.replica.store.view().index - 3);
      await leader.write(leader.replica.reaping.endpoint, { index });
    }
  } catch (thrown) {
    // A refusal is an outcome like any other; a bug is not.
    expect(thrown).toBeInstanceOf(MeshError);
    expect(thrown).not.toMatchObject({ code: 'internal' });
  }
}

async function run(history: readonly Step[]): Promise<Leader> {
  const leader = new Leader();
  const rpc = leader;
  const routes = [
    ...catalogHttpRoutes({ rpc, nodeName: 'n1' }),
    ...kvHttpRoutes({ rpc }),
    ...sessionHttpRoutes({ rpc, nodeName: 'n1', create }),
    ...txnHttpRoutes({ rpc, kvMaxValueBytes: 1024 }),
    ...queryHttpRoutes({ rpc, nodeName: 'n1' }),
    ...operatorHttpRoutes({ rpc }),
    ...intentionHttpRoutes({ rpc }),
    ...configEntryHttpRoutes({ rpc }),
  ];
  await leader.write(leader.replica.reaping.endpoint, { index: 0 });
  const n1 = { Node: 'n1', Address: '::1', Check: { CheckID: 'serfHealth', Status: 'passing' } };
  await callRoute(routes, 'PUT', '/v1/catalog/register', n1);
  // A lock held from the start, so that histories do not have to come upon one.
  await callRoute(routes, 'PUT', '/v1/session/create', { NodeChecks: [] });
  await callRoute(routes, 'PUT', `/v1/kv/a?acquire=${sessionId(0)}`, 'v');
  for (const each of history) await perform(leader, routes, each);
  return leader;
}

/** Outcomes as they would travel to the proposer. */
function comparable(outcomes: readonly unknown[]): unknown {
  return outcomes.map((outcome) =>
    outcome instanceof Error ? `refused: ${outcome.message}` : packed(outcome),
  );
}

function tablesWithRows(store: StateStore): ReadonlySet<string> {
  const names = new Set<string>();
  let table = '';
  for (const record of store.dump(store.view())) {
    if (record.kind === 'table') table = record.name;
    else if (record.kind === 'row') names.add(table);
  }
  return names;
}

test('the same log gives the same answers and the same state', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const leader = await run(history);
      const follower = new Replica();
      expect(comparable(follower.fsm.apply(leader.log))).toEqual(comparable(leader.outcomes));
      expect(follower.dump()).toEqual(leader.replica.dump());
      for (const name of tablesWithRows(leader.replica.store)) seen.add(name);
    }),
    { numRuns: 150 },
  );
  // Of every table, or this has tested less than it says.
  const { store } = new Replica();
  const all = [...store.dump(store.view())].flatMap((record) =>
    record.kind === 'table' ? [record.name] : [],
  );
  expect([...seen].sort()).toEqual(all.sort());
});

test('a snapshot restored is the state that was saved, and goes on as it would have', async () => {
  await fc.assert(
    fc.asyncProperty(histories, fc.double({ min: 0, max: 1, noNaN: true }), async (history, at) => {
      const leader = await run(history);
      const cut = Math.floor(leader.log.length * at);
      const first = new Replica();
      first.fsm.apply(leader.log.slice(0, cut));
      const snapshot = first.dump();
      const second = new Replica();
      second.restore(snapshot);
      expect(second.dump()).toEqual(snapshot);
      const rest = leader.log.slice(cut);
      expect(comparable(second.fsm.apply(rest))).toEqual(comparable(leader.outcomes.slice(cut)));
      expect(second.dump()).toEqual(leader.replica.dump());
    }),
    { numRuns: 150 },
  );
});

test('what is written while a snapshot is read does not show in it', async () => {
  const leader = await run([]);
  const { store } = leader.replica;
  const before = leader.replica.dump();
  const dump = store.dump(store.view())[Symbol.iterator]();
  const records = [packed(dump.next().value)];
  const routes = kvHttpRoutes({ rpc: leader });
  for (let next = dump.next(); !next.done; next = dump.next()) {
    await callRoute(routes, 'PUT', `/v1/kv/new/${records.length}`, 'v');
    records.push(packed(next.value));
  }
  expect(records).toEqual(before);
  expect(leader.replica.dump()).not.toEqual(before);
});
