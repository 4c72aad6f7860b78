/**
 * Two servers that apply the same log hold the same state, to the byte; and so does one that starts from
 * a snapshot in the middle. Random histories over all resources.
 */
import { MeshError, silentLogger } from '@mesh/base';
import { catalogHttpRoutes } from '@mesh/catalog';
import { coordinateBatchUpdate, coordinateUpdate, originCoordinate } from '@mesh/coordinate';
import { kvHttpRoutes } from '@mesh/kv';
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
    const bound = { coordinateUpdate: coordinateUpdate(() => {}), sessionCreate: create };
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
    const value = endpoint.run(view, args, { datacenter: 'dc1', nowMs: this.nowMs });
    return { value, index: view.index, knownLeader: true, lastContactMs: 0 };
  }

  call(): Promise<never> {
    return Promise.reject(new Error('no calls here'));
  }

  async write<A, R>(endpoint: WriteEndpoint<A, R>, args: A): Promise<R> {
    const prepared = endpoint.prepare(args, {
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

function sessionId(nth: number): string {
  return `abcdef00-0000-4000-8000-${String(nth).padStart(12, '0')}`;
}

type Request = readonly [method: string, path: string, body?: unknown];
type Step =
  | { readonly kind: 'request'; readonly request: Request }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'reap' }
  | { readonly kind: 'coordinate'; readonly node: string };

const node = fc.constantFrom('n1', 'N1', 'n2', 'n3');
const key = fc.constantFrom('a', 'a/b', 'a/c', 'b', 'é/\u{1f600}', 'é/\uffee');
const session = fc.nat({ max: 4 }).map(sessionId);
const check = fc.record({
  CheckID: fc.constantFrom('serfHealth', 'c1'),
  Status: fc.constantFrom('passing', 'passing', 'warning', 'critical'),
  ServiceID: fc.constantFrom('', 'web'),
});
const service = fc.record({
  ID: fc.constantFrom('web', 'web2'),
  Service: fc.constantFrom('web', 'Web', 'db'),
  Tags: fc.subarray(['x', 'y']),
  Meta: fc.constantFrom(undefined, { z: '1', a: '2' }),
  Weights: fc.constantFrom(undefined, { Passing: 3, Warning: 1 }),
});
const catalog = [
  fc
    .record({
      Node: node,
      Address: fc.constantFrom('10.0.0.1', '10.0.0.2'),
      NodeMeta: fc.constantFrom(undefined, { k: 'v' }),
      ID: fc.constantFrom('', '11111111-1111-4111-8111-111111111111'),
      Service: fc.option(service),
      Checks: fc.array(check, { maxLength: 2 }),
    })
    .map((body): Request => ['PUT', '/v1/catalog/register', body]),
  fc
    .record({
      Node: node,
      ServiceID: fc.constantFrom('', '', 'web'),
      CheckID: fc.constantFrom('', 'c1'),
    })
    .map((body): Request => ['PUT', '/v1/catalog/deregister', body]),
];
const sessions = [
  fc
    .record({
      Node: node,
      Behavior: fc.constantFrom('release', 'delete'),
      LockDelay: fc.constantFrom('0s', '1ms', '15s'),
      NodeChecks: fc.subarray(['serfHealth', 'c1']),
      TTL: fc.constantFrom('', '10s'),
    })
    .map((body): Request => ['PUT', '/v1/session/create', body]),
  session.map((id): Request => ['PUT', `/v1/session/destroy/${id}`]),
];
const query = fc.oneof(
  fc.constantFrom('', 'flags=18446744073709551615', 'cas=0', 'cas=5'),
  session.map((id) => `acquire=${id}`),
  session.map((id) => `acquire=${id}`),
  session.map((id) => `release=${id}`),
);
const kv = [
  fc
    .tuple(key, query, fc.constantFrom('', 'v', '\u00ff'))
    .map(([name, q, body]): Request => ['PUT', `/v1/kv/${encodeURIComponent(name)}?${q}`, body]),
  fc
    .tuple(key, fc.constantFrom('', 'recurse', 'cas=4'))
    .map(([name, q]): Request => ['DELETE', `/v1/kv/${encodeURIComponent(name)}?${q}`]),
];
const queries = [
  fc
    .record({
      Name: fc.constantFrom('', 'q', 'Q2'),
      Session: fc.oneof(fc.constant(''), session),
      Service: fc.constant({ Service: 'web', Tags: ['x'] }),
    })
    .map((body): Request => ['POST', '/v1/query', body]),
  session.map((id): Request => ['DELETE', `/v1/query/${id}`]),
];
const verb = fc.constantFrom('set', 'cas', 'delete', 'delete-cas', 'get');
const kvVerb = fc.constantFrom('set', 'lock', 'unlock', 'delete-tree', 'check-not-exists', 'get');
const txn = fc
  .array(
    fc.oneof(
      fc.record({
        KV: fc.record({ Verb: kvVerb, Key: key, Value: fc.constant('QQ=='), Session: session }),
      }),
      fc.record({
        Node: fc.record({
          Verb: verb,
          Node: fc.record({ Node: node, Meta: fc.constantFrom(undefined, { b: '1', a: '2' }) }),
        }),
      }),
      fc.record({ Service: fc.record({ Verb: verb, Node: node, Service: service }) }),
      fc.tuple(node, verb, check).map(([Node, Verb, body]) => ({
        Check: { Verb, Check: { ...body, Node } },
      })),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((body): Request => ['PUT', '/v1/txn', body]);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .oneof(...catalog, ...catalog, ...sessions, ...kv, ...kv, ...queries, txn)
      .map((request) => ({ kind: 'request' as const, request })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(1, 20_000).map((ms) => ({ kind: 'wait' as const, ms })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reap' as const }) },
  { weight: 1, arbitrary: node.map((name) => ({ kind: 'coordinate' as const, node: name })) },
);

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

const histories = fc.array(step, { minLength: 5, maxLength: 60, size: 'max' });

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
