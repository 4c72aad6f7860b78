import { MeshError } from '@mesh/base';
import { type CallOptions, PLAIN_READ, PLAIN_WRITE } from '@mesh/resource';
import { FakeCluster } from '../testing/fake-consensus.ts';
import { FakeServer } from '../testing/fake-server.ts';
import { ManualPlatform, settle } from '../testing/manual-platform.ts';
import { MemoryCalls } from '../testing/memory-calls.ts';
import { getRow, putRow, type Row, whoIs } from '../testing/rows.ts';

let platform: ManualPlatform;
let cluster: FakeCluster;
let calls: MemoryCalls;
let one: FakeServer;
let two: FakeServer;

beforeEach(async () => {
  platform = new ManualPlatform();
  cluster = new FakeCluster();
  calls = new MemoryCalls();
  one = new FakeServer({ id: 'one', address: 'one:8300' }, cluster, calls, platform);
  two = new FakeServer({ id: 'two', address: 'two:8300' }, cluster, calls, platform);
  await one.rpc.start();
  await two.rpc.start();
});

const write = (server: FakeServer, id: string, value: Row['value'] = 1) =>
  server.rpc.write(putRow, { id, value }, PLAIN_WRITE);
const read = (server: FakeServer, id: string, options = {}) =>
  server.rpc.read(getRow, id, { ...PLAIN_READ, ...options });
const ask = (server: FakeServer, which: CallOptions['server']) =>
  server.rpc.call(whoIs, 'x', { datacenter: '', token: '', server: which });
const nothingLeft = () => {
  expect(platform.pending).toHaveLength(0);
  for (const { store } of [one, two]) expect(store.watchCount).toBe(0);
};

describe('on the leader', () => {
  beforeEach(() => cluster.elect(one.consensus));

  it('writes through the log and reads what was written', async () => {
    const index = await write(one, 'a', 5);
    const reply = await read(one, 'a');
    expect(reply).toMatchObject({ value: { id: 'a', value: 5 }, index, knownLeader: true });
    expect(one.consensus.readIndexCalls).toEqual([]);
    nothingLeft();
  });

  it('keeps bytes and 64-bit numbers through the log', async () => {
    await write(one, 'bytes', new Uint8Array([0, 255, 128]));
    await write(one, 'big', 18446744073709551615n);
    const { value } = await read(one, 'bytes');
    expect([...(value!.value as Uint8Array)]).toEqual([0, 255, 128]);
    expect((await read(one, 'big')).value?.value).toBe(18446744073709551615n);
  });

  it('an endpoint may answer without writing', async () => {
    const { length } = cluster.log;
    expect(await write(one, '')).toBe(0);
    expect(cluster.log).toHaveLength(length);
  });

  it('a command that refuses or rolls back leaves nothing, and the log goes on', async () => {
    await expect(write(one, 'refused')).rejects.toMatchObject({ code: 'conflict' });
    await expect(write(one, 'undone')).resolves.toBe(-1);
    await expect(write(one, 'bug')).rejects.toMatchObject({ code: 'internal' });
    for (const id of ['refused', 'undone', 'bug']) {
      expect((await read(one, id)).value).toBeUndefined();
    }
    await write(one, 'after');
    expect((await read(one, 'after')).value).toBeDefined();
  });

  it('without its lease it makes sure that it leads before it answers anything', async () => {
    await write(one, 'a');
    one.consensus.hasLease = false;
    await read(one, 'a');
    await write(one, 'b');
    await write(one, '');
    expect(one.consensus.readIndexCalls).toEqual(['lease', 'lease', 'lease']);
  });

  it('consistent reads ask a majority each time', async () => {
    await read(one, 'a', { consistency: 'consistent' });
    expect(one.consensus.readIndexCalls).toEqual(['quorum']);
  });

  it('a full disk is told at once', async () => {
    one.consensus.proposalError = new MeshError('unavailable', 'no space left on device');
    await expect(write(one, 'a')).rejects.toThrow('no space left on device');
    one.consensus.proposalError = new MeshError('unavailable', 'no space left on device');
    await expect(write(two, 'a')).rejects.toThrow('no space left on device');
    nothingLeft();
  });

  it('a write whose fate is not known is not tried again', async () => {
    one.consensus.proposalError = new MeshError('unknown-outcome', 'may or may not');
    await expect(write(one, 'a')).rejects.toMatchObject({ code: 'unknown-outcome' });
    expect((await read(one, 'a')).value).toBeUndefined();
  });

  it('refuses another datacenter', async () => {
    await expect(read(one, 'a', { datacenter: 'dc9' })).rejects.toThrow('No path to datacenter');
    await read(one, 'a', { datacenter: 'dc1' });
  });
});

describe('on a follower', () => {
  beforeEach(() => cluster.elect(one.consensus));

  it('reads are answered from its own state, once that is as new as the leader says', async () => {
    const index = await write(one, 'a', 7);
    const reply = await read(two, 'a', { track: true });
    expect(reply).toMatchObject({ value: { value: 7 }, index, knownLeader: true });
    expect(reply).toMatchObject({ lastContactMs: 0 });
    // It may not be kept: the next read has to ask again.
    expect(reply.freshness).toBeUndefined();
    await read(two, 'a', { consistency: 'consistent' });
    expect(two.consensus.readIndexCalls).toEqual(['lease', 'quorum']);
    expect(calls.made).toEqual([]);
  });

  it('stale reads are answered at once with what there is, and say how old it may be', async () => {
    await write(one, 'a');
    const reply = await read(two, 'a', { consistency: 'stale' });
    expect(reply).toMatchObject({ value: undefined, knownLeader: true, lastContactMs: 3 });
    two.consensus.lastContactMs = -1;
    const never = await read(two, 'a', { consistency: 'stale' });
    expect(never.lastContactMs).toBe(9_223_372_036_854);
  });

  it('writes and calls go to the leader', async () => {
    const index = await write(two, 'a', 3);
    expect((await read(one, 'a')).index).toBe(index);
    expect(await ask(two, 'leader')).toBe('one was asked x');
    expect(await ask(two, 'any')).toBe('two was asked x');
    expect(calls.made.map(({ method }) => method)).toEqual(['Row.Put', 'Row.Who']);
    nothingLeft();
  });

  it('what the leader refuses is refused with its words', async () => {
    await expect(write(two, 'refused')).rejects.toMatchObject({
      code: 'conflict',
      message: 'refused',
    });
  });

  it('a write that cannot reach the leader waits for the next one', async () => {
    calls.break('one:8300', 'gone');
    const written = write(two, 'a');
    await platform.pass(2000);
    cluster.depose();
    await platform.pass(2000);
    cluster.elect(two.consensus);
    await written;
    expect((await read(two, 'a')).value).toBeDefined();
    nothingLeft();
  });

  it('a leader that is out of reach for the whole hold time', async () => {
    calls.break('one:8300', 'gone');
    const failed = expect(write(two, 'a')).rejects.toMatchObject({ code: 'no-leader' });
    await platform.pass(7001);
    await failed;
    nothingLeft();
  });

  it('a leader that falls silent: the outcome is not known once there is another', async () => {
    calls.break('one:8300', 'silent');
    const failed = expect(write(two, 'a')).rejects.toMatchObject({
      code: 'unknown-outcome',
      message: expect.stringContaining('may or may not have been applied'),
    });
    await platform.pass(5000);
    cluster.elect(two.consensus);
    await platform.pass(1001);
    await failed;
    expect((await read(two, 'a')).value).toBeUndefined();
    nothingLeft();
  });

  it('a forwarded call is never sent on', async () => {
    const body = { args: { id: 'a', value: 1 }, datacenter: '', token: '', forwarded: true };
    const settings = { timeoutMs: 1000 };
    const answer = await calls.call('two:8300', 'Row.Put', body, settings);
    expect(answer).toMatchObject({ code: 'no-leader' });
    expect(calls.made).toHaveLength(1);
  });

  it('a client that gives up is not waited for', async () => {
    calls.break('one:8300', 'silent');
    const abort = new AbortController();
    const written = two.rpc.write(
      putRow,
      { id: 'a', value: 1 },
      {
        ...PLAIN_WRITE,
        signal: abort.signal,
      },
    );
    const failed = expect(written).rejects.toMatchObject({ code: 'cancelled' });
    await settle();
    abort.abort();
    await failed;
    nothingLeft();
  });
});

describe('without a leader', () => {
  it('holds requests over an election and gives up after the hold time', async () => {
    const held = read(one, 'a');
    const failed = [held, write(one, 'b'), ask(one, 'leader')].map((request) =>
      expect(request).rejects.toMatchObject({ code: 'no-leader', message: 'No cluster leader' }),
    );
    await settle();
    platform.advance(7000);
    await Promise.all(failed);
    const second = read(one, 'a');
    const consistent = read(one, 'a', { consistency: 'consistent' });
    const written = write(one, 'b');
    await settle();
    cluster.elect(two.consensus);
    expect((await second).knownLeader).toBe(true);
    await consistent;
    await written;
    nothingLeft();
  });

  it('answers stale reads, and says that it knows no leader', async () => {
    const reply = await read(one, 'a', { consistency: 'stale', track: true });
    expect(reply).toMatchObject({ index: 1, knownLeader: false });
    expect(reply.freshness).toBeUndefined();
  });
});
