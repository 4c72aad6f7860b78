import { PLAIN_READ, PLAIN_WRITE } from '@mesh/resource';
import { FakeCluster } from '../testing/fake-consensus.ts';
import { FakeServer } from '../testing/fake-server.ts';
import { ManualPlatform, settle } from '../testing/manual-platform.ts';
import { MemoryCalls } from '../testing/memory-calls.ts';
import { getRow, putRow } from '../testing/rows.ts';

let platform: ManualPlatform;
let cluster: FakeCluster;
let one: FakeServer;
let two: FakeServer;

beforeEach(async () => {
  platform = new ManualPlatform();
  cluster = new FakeCluster();
  const calls = new MemoryCalls();
  one = new FakeServer({ id: 'one', address: 'one:8300' }, cluster, calls, platform);
  two = new FakeServer({ id: 'two', address: 'two:8300' }, cluster, calls, platform);
  await one.rpc.start();
  await two.rpc.start();
  cluster.elect(one.consensus);
});

const write = (id: string, value = 1) =>
  cluster.members
    .map((member) => (member === one.consensus ? one : two))
    .find(({ consensus }) => consensus.isLeader)!
    .rpc.write(putRow, { id, value }, PLAIN_WRITE);
const read = (server: FakeServer, id: string, options = {}) =>
  server.rpc.read(getRow, id, { ...PLAIN_READ, ...options });
const nothingLeft = () => {
  expect(platform.pending).toHaveLength(0);
  for (const { store, queries } of [one, two]) {
    expect([store.watchCount, queries.parkedCount]).toEqual([0, 0]);
  }
};

describe('a blocking read', () => {
  it('of an absent key wakes when that key appears and not before', async () => {
    const first = await read(one, 'later');
    let answered = false;
    const blocked = read(one, 'later', { minIndex: first.index }).then((reply) => {
      answered = true;
      return reply;
    });
    for (let at = 0; at < 5; at++) await write(`other-${at}`);
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    expect(one.queries.parkedCount).toBe(1);
    const index = await write('later');
    expect(await blocked).toMatchObject({ index, value: { id: 'later' } });
    nothingLeft();
  });

  it('ends with what there is when the wait is over', async () => {
    const index = await write('a');
    const blocked = read(one, 'a', { minIndex: index, maxWaitMs: 1000 });
    await settle();
    platform.advance(1000);
    expect(await blocked).toMatchObject({ index, value: { id: 'a' } });
  });

  it('whose client goes away leaves nothing behind', async () => {
    const abort = new AbortController();
    const blocked = read(one, 'a', { minIndex: 99, signal: abort.signal });
    await settle();
    abort.abort();
    await expect(blocked).rejects.toMatchObject({ code: 'cancelled' });
    nothingLeft();
  });

  it('on a follower asks again before it answers', async () => {
    const index = await write('a');
    const blocked = read(two, 'a', { minIndex: index });
    await settle();
    expect(two.queries.parkedCount).toBe(1);
    const changed = await write('a', 2);
    two.consensus.catchUp();
    expect(await blocked).toMatchObject({ index: changed, value: { value: 2 }, lastContactMs: 0 });
    expect(two.consensus.readIndexCalls).toEqual(['lease', 'lease']);
    nothingLeft();
  });

  it('goes on over a change of leaders, and sees what the next one wrote', async () => {
    const index = await write('a');
    const blocked = read(one, 'a', { minIndex: index, maxWaitMs: 10_000 });
    await settle();
    cluster.depose();
    await settle();
    cluster.elect(two.consensus);
    const changed = await write('a', 2);
    one.consensus.catchUp();
    expect(await blocked).toMatchObject({ index: changed, value: { value: 2 } });
    nothingLeft();
  });

  it('whose wait ends without a leader holds on for one, and fails without', async () => {
    const index = await write('a');
    const options = { minIndex: index, maxWaitMs: 1000 };
    const blocked = [one, two].map((server) => read(server, 'a', options));
    await settle();
    cluster.depose();
    await platform.pass(4000);
    cluster.elect(two.consensus);
    for (const reply of await Promise.all(blocked)) expect(reply.index).toBe(index);
    const failed = expect(read(one, 'a', options)).rejects.toMatchObject({ code: 'no-leader' });
    await settle();
    cluster.depose();
    await platform.pass(8001);
    await failed;
    nothingLeft();
  });

  it('that may be stale needs no leader', async () => {
    const index = await write('a');
    two.consensus.catchUp();
    cluster.depose();
    const options = { minIndex: index, maxWaitMs: 1000, consistency: 'stale' };
    const blocked = read(two, 'a', options);
    await settle();
    platform.advance(1000);
    expect(await blocked).toMatchObject({ index, knownLeader: false });
    nothingLeft();
  });

  it('is one of thousands: all are answered, other work gets its turn', async () => {
    const index = await write('a');
    const blocked = Array.from({ length: 3000 }, (_, at) =>
      read(at % 2 ? one : two, 'a', { minIndex: index }),
    );
    await settle();
    expect(one.queries.parkedCount).toBe(1500);
    const changed = await write('a', 2);
    two.consensus.catchUp();
    const replies = await Promise.all(blocked);
    expect(new Set(replies.map((reply) => reply.index))).toEqual(new Set([changed]));
  });
});

describe('freshness', () => {
  it('ends with the first change of what was read, and only then', async () => {
    await write('a');
    const { freshness } = await read(one, 'a', { track: true });
    let calls = 0;
    const unsubscribe = freshness!.onStale(() => calls++);
    await write('b');
    expect(freshness!.isFresh()).toBe(true);
    await write('a', 2);
    expect(freshness!.isFresh()).toBe(false);
    expect(calls).toBe(1);
    unsubscribe();
    expect(one.store.watchCount).toBe(0);
    const second = (await read(one, 'a', { track: true })).freshness!;
    expect(second.isFresh()).toBe(true);
    await write('a', 3);
    expect(second.isFresh()).toBe(false);
    expect(one.store.watchCount).toBe(0);
  });

  it('ends for good with the lead, and is suspended without the lease', async () => {
    await write('a');
    const { freshness } = await read(one, 'a', { track: true });
    let calls = 0;
    freshness!.onStale(() => calls++);
    one.consensus.hasLease = false;
    expect(freshness!.isFresh()).toBe(false);
    one.consensus.hasLease = true;
    expect(freshness!.isFresh()).toBe(true);
    cluster.depose();
    expect(calls).toBe(1);
    cluster.elect(one.consensus);
    expect(freshness!.isFresh()).toBe(false);
    nothingLeft();
  });

  it('of a stale answer ends with what the answer says of the leader', async () => {
    const stale = { track: true, consistency: 'stale' };
    const kept = (await read(two, 'a', stale)).freshness!;
    let calls = 0;
    kept.onStale(() => calls++);
    expect(kept.isFresh()).toBe(true);
    cluster.depose();
    expect([kept.isFresh(), calls]).toEqual([false, 1]);
    nothingLeft();
  });
});
