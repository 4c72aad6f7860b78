import { MeshError, noMetrics, type Platform, silentLogger } from '@mesh/base';
import { SingleVoter } from '@mesh/raft';
import { MemorySqliteLogStore } from '@mesh/raft-storage';
import {
  defineCommand,
  PLAIN_READ,
  PLAIN_WRITE,
  type ReadEndpoint,
  type Resource,
  Rollback,
  type WriteEndpoint,
} from '@mesh/resource';
import { createStateStore, defineTable, type StateStore } from '@mesh/state';
import { BlockingQueries } from './blocking-query.ts';
import { Fsm } from './fsm.ts';
import { LocalRpc } from './local-rpc.ts';
import { WakeQueue } from './wake-queue.ts';

interface Row {
  readonly id: string;
  readonly value: number | bigint | Uint8Array;
}

const table = defineTable<Row>({ name: 'rows', id: (row) => row.id, indexes: {} });
const put = defineCommand<Row, number>('row.put', (txn, row, { index }) => {
  txn.put(table, row);
  if (row.id === 'refused') throw new MeshError('conflict', 'refused');
  if (row.id === 'undone') throw new Rollback(-1);
  if (row.id === 'bug') throw new TypeError('a bug');
  return index;
});
const putRow: WriteEndpoint<Row, number> = {
  kind: 'write',
  method: 'Row.Put',
  acl: 'public',
  prepare: (row) => (row.id === '' ? { answer: 0 } : { command: put, payload: row }),
};
const getRow: ReadEndpoint<string, Row | undefined> = {
  kind: 'read',
  method: 'Row.Get',
  acl: 'public',
  run: (view, id) => view.get(table, id),
};
const resource: Resource = {
  name: 'row',
  tables: [table],
  commands: [put],
  endpoints: [putRow, getRow],
};

/** A platform whose time stands still until told. */
class ManualPlatform implements Platform {
  ms = 0;
  readonly pending: { atMs: number; run: () => void }[] = [];
  readonly clock = { nowMs: () => 1_600_000_000_000 + this.ms, monotonicMs: () => this.ms };
  readonly random = {
    float: () => 0,
    bytes: (count: number) => new Uint8Array(count),
    uuid: () => '00000000-0000-4000-8000-000000000000',
  };
  readonly timers = {
    after: (delayMs: number, run: () => void) => {
      const entry = { atMs: this.ms + delayMs, run };
      this.pending.push(entry);
      return {
        cancel: () => {
          const at = this.pending.indexOf(entry);
          if (at >= 0) this.pending.splice(at, 1);
        },
      };
    },
  };
  advance(ms: number): void {
    this.ms += ms;
    for (const entry of this.pending.filter(({ atMs }) => atMs <= this.ms)) {
      this.pending.splice(this.pending.indexOf(entry), 1);
      entry.run();
    }
  }
}

describe('LocalRpc', () => {
  let platform: ManualPlatform;
  let store: StateStore;
  let voter: SingleVoter;
  let queries: BlockingQueries;
  let rpc: LocalRpc;

  beforeEach(async () => {
    platform = new ManualPlatform();
    store = createStateStore([table]);
    const fsm = new Fsm(store, [resource], silentLogger);
    voter = new SingleVoter({
      serverId: 'a',
      address: '127.0.0.1:8300',
      store: new MemorySqliteLogStore(),
      apply: (entries) => fsm.apply(entries),
      defer: (callback) => setImmediate(callback),
      logger: silentLogger,
      metrics: noMetrics,
    });
    const wakes = new WakeQueue(platform.clock, (callback) => setImmediate(callback));
    queries = new BlockingQueries(store, platform, wakes, {
      defaultWaitMs: 300_000,
      maxWaitMs: 600_000,
    });
    rpc = new LocalRpc({
      datacenter: 'dc1',
      store,
      consensus: voter,
      queries,
      platform,
      metrics: noMetrics,
      logger: silentLogger,
      holdTimeoutMs: 7000,
      touchSession: () => {},
    });
    await rpc.start();
  });

  const write = (id: string, value: Row['value'] = 1) =>
    rpc.write(putRow, { id, value }, PLAIN_WRITE);
  const read = (id: string, options = {}) => rpc.read(getRow, id, { ...PLAIN_READ, ...options });

  it('writes through the log and reads what was written', async () => {
    await voter.start();
    const index = await write('a', 5);
    const reply = await read('a');
    expect(reply).toMatchObject({ value: { id: 'a', value: 5 }, index, knownLeader: true });
  });

  it('keeps bytes and 64-bit numbers through the log', async () => {
    await voter.start();
    await write('bytes', new Uint8Array([0, 255, 128]));
    await write('big', 18446744073709551615n);
    const { value } = await read('bytes');
    expect([...(value!.value as Uint8Array)]).toEqual([0, 255, 128]);
    expect((await read('big')).value?.value).toBe(18446744073709551615n);
  });

  it('an endpoint may answer without writing', async () => {
    await voter.start();
    const { lastLogIndex } = voter.status();
    expect(await write('')).toBe(0);
    expect(voter.status().lastLogIndex).toBe(lastLogIndex);
  });

  it('a command that refuses or rolls back leaves nothing, and the log goes on', async () => {
    await voter.start();
    await expect(write('refused')).rejects.toMatchObject({ code: 'conflict' });
    await expect(write('undone')).resolves.toBe(-1);
    await expect(write('bug')).rejects.toMatchObject({ code: 'internal' });
    for (const id of ['refused', 'undone', 'bug']) expect((await read(id)).value).toBeUndefined();
    await write('after');
    expect((await read('after')).value).toBeDefined();
  });

  it('holds requests over an election and gives up after the hold time', async () => {
    const held = read('a');
    const failed = expect(write('b')).rejects.toMatchObject({ code: 'no-leader' });
    platform.advance(7000);
    await failed;
    await expect(held).rejects.toMatchObject({ code: 'no-leader' });
    const second = read('a');
    await voter.start();
    expect((await second).knownLeader).toBe(true);
    expect(platform.pending).toHaveLength(0);
  });

  it('answers stale reads without a leader', async () => {
    expect(await read('a', { consistency: 'stale' })).toMatchObject({
      index: 1,
      knownLeader: false,
    });
  });

  it('refuses another datacenter', async () => {
    await voter.start();
    await expect(read('a', { datacenter: 'dc9' })).rejects.toThrow('No path to datacenter');
    await read('a', { datacenter: 'dc1' });
  });

  it('a blocking read of an absent key wakes when that key appears and not before', async () => {
    await voter.start();
    const first = await read('later');
    let answered = false;
    const blocked = read('later', { minIndex: first.index }).then((reply) => {
      answered = true;
      return reply;
    });
    for (let at = 0; at < 5; at++) await write(`other-${at}`);
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    expect(queries.parkedCount).toBe(1);
    const index = await write('later');
    expect(await blocked).toMatchObject({ index, value: { id: 'later' } });
    expect(queries.parkedCount).toBe(0);
    expect(platform.pending).toHaveLength(0);
    expect(store.watchCount).toBe(0);
  });

  it('a blocking read ends with what there is when the wait is over', async () => {
    await voter.start();
    const index = await write('a');
    const blocked = read('a', { minIndex: index, maxWaitMs: 1000 });
    await new Promise(setImmediate);
    platform.advance(1000);
    expect(await blocked).toMatchObject({ index, value: { id: 'a' } });
  });

  it('a blocking read whose client goes away leaves nothing behind', async () => {
    await voter.start();
    const abort = new AbortController();
    const blocked = read('a', { minIndex: 99, signal: abort.signal });
    await new Promise(setImmediate);
    abort.abort();
    await expect(blocked).rejects.toMatchObject({ code: 'cancelled' });
    expect(store.watchCount).toBe(0);
    expect(platform.pending).toHaveLength(0);
  });

  it('freshness ends with the first change of what was read, and only then', async () => {
    await voter.start();
    await write('a');
    const { freshness } = await read('a', { track: true });
    let calls = 0;
    const unsubscribe = freshness!.onStale(() => calls++);
    await write('b');
    expect(freshness!.isFresh()).toBe(true);
    await write('a', 2);
    expect(freshness!.isFresh()).toBe(false);
    expect(calls).toBe(1);
    unsubscribe();
    expect(store.watchCount).toBe(0);
    const second = (await read('a', { track: true })).freshness!;
    expect(second.isFresh()).toBe(true);
    await write('a', 3);
    expect(second.isFresh()).toBe(false);
    expect(store.watchCount).toBe(0);
  });

  it('a server that has lost the lead serves no kept answer, but for stale reads', async () => {
    await voter.start();
    const kept = (await read('a', { track: true })).freshness!;
    const stale = (await read('a', { track: true, consistency: 'stale' })).freshness!;
    await voter.stop();
    expect(kept.isFresh()).toBe(false);
    expect(stale.isFresh()).toBe(true);
  });

  it('thousands of watchers of one key are all answered, other work gets its turn', async () => {
    await voter.start();
    const index = await write('a');
    const blocked = Array.from({ length: 3000 }, () => read('a', { minIndex: index }));
    await new Promise(setImmediate);
    expect(queries.parkedCount).toBe(3000);
    const changed = await write('a', 2);
    const replies = await Promise.all(blocked);
    expect(new Set(replies.map((reply) => reply.index))).toEqual(new Set([changed]));
  });
});
