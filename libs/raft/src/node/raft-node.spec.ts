import { MeshError } from '@mesh/base';
import type { ServerInfo } from '../configuration.ts';
import { NodeCluster } from '../testing/node-cluster.ts';

const voters = (...ids: string[]): ServerInfo[] =>
  ids.map((id) => ({ id, address: `${id}:8300`, suffrage: 'voter' }));

async function three(limits = {}): Promise<NodeCluster> {
  const cluster = new NodeCluster(limits);
  for (const id of ['a', 'b', 'c']) await cluster.start(id);
  const done = cluster.node('a').bootstrap(voters('a', 'b', 'c'));
  await cluster.time.advance(10);
  await done;
  return cluster;
}

describe('a single server', () => {
  test('leads at once, stores before it answers, and has all of it after a crash', async () => {
    const cluster = new NodeCluster();
    await cluster.start('a');
    await expect(cluster.node('a').propose(new Uint8Array(1))).rejects.toMatchObject({
      code: 'no-leader',
    });
    const done = cluster.node('a').bootstrap(voters('a'));
    await cluster.time.advance(10);
    await done;
    expect(await cluster.leader()).toBe('a');
    await cluster.put('a', 'one');
    await cluster.put('a', 'two');
    cluster.crash('a');
    await cluster.start('a');
    expect(await cluster.leader()).toBe('a');
    expect(cluster.texts('a')).toEqual(['one', 'two']);
    expect(cluster.node('a').status().term).toBe(3);
  });

  test('puts proposals of one turn into one write', async () => {
    const cluster = new NodeCluster();
    await cluster.start('a');
    cluster.node('a').bootstrap(voters('a'));
    await cluster.leader();
    const disk = cluster.disks.get('a')!;
    const before = disk.writes;
    const results = [1, 2, 3].map((byte) => cluster.node('a').propose(new Uint8Array([byte])));
    await cluster.time.advance(5);
    expect(await Promise.all(results)).toEqual([3, 4, 5]);
    expect(disk.writes - before).toBe(1);
  });

  test('takes refused writes back, says so, and goes on when the disk does', async () => {
    const cluster = new NodeCluster();
    await cluster.start('a');
    cluster.node('a').bootstrap(voters('a'));
    await cluster.leader();
    await cluster.put('a', 'kept');
    const disk = cluster.disks.get('a')!;
    disk.failure = new MeshError('unavailable', 'log write failed: disk is full');
    await expect(cluster.put('a', 'lost')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('disk is full'),
    });
    expect(cluster.node('a').canReadNow()).toBe(true);
    disk.failure = undefined;
    await cluster.time.advance(2000);
    await cluster.put('a', 'after');
    expect(cluster.texts('a')).toEqual(['kept', 'after']);
    cluster.crash('a');
    await cluster.start('a');
    await cluster.leader();
    expect(cluster.texts('a')).toEqual(['kept', 'after']);
  });
});

describe('three servers', () => {
  test('elect one, replicate, and read on all', async () => {
    const cluster = await three();
    const leader = await cluster.leader();
    for (const text of ['x', 'y', 'z']) await cluster.put(leader, text);
    const others = ['a', 'b', 'c'].filter((id) => id !== leader);
    const reads = others.flatMap((id) =>
      (['lease', 'quorum'] as const).map((mode) => cluster.node(id).readIndex(mode)),
    );
    await cluster.time.advance(20);
    await Promise.all(reads);
    for (const id of others) expect(cluster.texts(id)).toEqual(['x', 'y', 'z']);
    expect(cluster.node(others[0]!).status()).toMatchObject({ role: 'follower', leaderId: leader });
    expect(cluster.node(leader).progress()).toHaveLength(2);
  });

  test('go on without their leader, and it catches up', async () => {
    const cluster = await three();
    const first = await cluster.leader();
    await cluster.put(first, 'one');
    cluster.crash(first);
    const second = await cluster.leader();
    expect(second).not.toBe(first);
    await cluster.put(second, 'two');
    await cluster.start(first);
    await cluster.time.advance(3000);
    expect(cluster.texts(first)).toEqual(['one', 'two']);
    expect(cluster.node(second).status().role).toBe('leader');
  });

  test('a leader that is cut off steps down and its write does not survive', async () => {
    const cluster = await three();
    const old = await cluster.leader();
    cluster.passes = ({ from, to }) => from !== old && to !== old;
    const doomed = cluster.node(old).propose(new Uint8Array([63]));
    const fate = expect(doomed).rejects.toMatchObject({ code: 'unknown-outcome' });
    await cluster.time.advance(1000);
    expect(cluster.node(old).canReadNow()).toBe(false);
    expect(cluster.node(old).status().role).not.toBe('leader');
    const next = await cluster.leader();
    await cluster.put(next, 'new');
    cluster.passes = () => true;
    await cluster.time.advance(5000);
    await fate;
    expect(cluster.texts(old)).toEqual(['new']);
  });

  test('a follower far behind gets a snapshot', async () => {
    const cluster = await three({ trailingEntries: 2, maxBatchEntries: 4 });
    const leader = await cluster.leader();
    const slow = ['a', 'b', 'c'].find((id) => id !== leader)!;
    cluster.crash(slow);
    for (let at = 0; at < 20; at++) await cluster.put(leader, `v${at}`);
    const taken = cluster.node(leader).snapshot();
    await cluster.time.advance(50);
    expect((await taken)!.index).toBeGreaterThan(20);
    await cluster.start(slow);
    await cluster.time.advance(3000);
    await cluster.put(leader, 'last');
    await cluster.time.advance(200);
    expect(cluster.texts(slow)).toEqual(cluster.texts(leader));
    expect(cluster.disks.get(slow)!.base.index).toBeGreaterThan(15);
  });

  test('membership: add, promote, remove, hand over', async () => {
    const cluster = await three();
    const leader = await cluster.leader();
    await cluster.start('d');
    const change = async (promise: Promise<void>) => {
      promise.catch(() => {});
      await cluster.time.advance(300);
      await promise;
    };
    const node = cluster.node(leader);
    await change(node.changeConfiguration({ kind: 'add-non-voter', id: 'd', address: 'd:8300' }));
    await change(node.changeConfiguration({ kind: 'add-voter', id: 'd', address: 'd:8300' }));
    await change(node.transferLeadership('d'));
    await cluster.time.advance(500);
    expect(await cluster.leader()).toBe('d');
    await change(cluster.node('d').changeConfiguration({ kind: 'remove', id: leader }));
    const servers = cluster
      .node('d')
      .status()
      .servers.map(({ id }) => id);
    expect(servers).toEqual(['a', 'b', 'c', 'd'].filter((id) => id !== leader));
    await cluster.put('d', 'done');
    await expect(
      cluster.node('d').changeConfiguration({ kind: 'remove', id: 'nobody' }),
    ).rejects.toMatchObject({ code: 'not-found' });
  });
});
