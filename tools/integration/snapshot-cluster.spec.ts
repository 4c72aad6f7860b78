/** `consul snapshot` against three real servers: by way of a follower, and while servers are killed. */
import { copyFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import {
  digestOf,
  faultSetting,
  reportFaults,
  ServerCluster,
  type ServerProcess,
  type StateDigest,
  seededRandom,
  until,
} from '@mesh/testkit';

const KEYS = faultSetting('RESTORE_KEYS', 5000);
/** Restores during which a server is killed: the leader and another one by turns. */
const ROUNDS = faultSetting('RESTORE_ROUNDS', 4);
const SEED = faultSetting('SEED', 20261123);
/** Most operations of one transaction. */
const BATCH = 64;
/** Shortest that a session may have; one that nobody renews ends within twice that. */
const TTL_S = 10;

describe('a snapshot of three servers', () => {
  let cluster: ServerCluster;
  let file: string;
  let saved: StateDigest;
  /** Of a restore that nothing disturbs, process start included. */
  let restoreMs: number;
  beforeAll(async () => {
    cluster = await ServerCluster.start({
      // So that snapshots of the log are taken in the middle of restores as well.
      config: {
        raft_snapshot_threshold: 20,
        raft_snapshot_interval: '200ms',
        raft_trailing_logs: 10,
      },
    });
    file = join(cluster.folder, 'backup.snap');
  });
  afterAll(() => cluster?.stop());

  it('is saved by way of a follower, with sessions and services', async () => {
    const follower = await cluster.follower();
    await fill(follower, 'saved', KEYS);
    await put(follower, '/v1/catalog/register', {
      Node: 'elsewhere',
      Address: '10.1.2.3',
      Service: { Service: 'web', Port: 80 },
    });
    const session = await put(follower, '/v1/session/create', {
      TTL: `${TTL_S}s`,
      LockDelay: '0s',
    });
    expect(await put(follower, `/v1/kv/locked?acquire=${session.ID}`, 'mine')).toBe(true);
    saved = await cluster.converged();
    const { stdout } = await done(follower, 'save', file);
    expect(stdout).toMatch(/^Saved and verified snapshot to index \d+\n$/);
    const copy = join(cluster.folder, 'stale.snap');
    await done(cluster.servers[0]!, 'save', '-stale', copy);
    expect((await done(follower, 'inspect', copy)).stdout).toMatch(/^ID +\d+-\d+-\d+\nSize +\d+\n/);
  });

  it('takes the place of everything, on all servers at once, and wakes who waits', async () => {
    const [follower, leader] = [await cluster.follower(), await cluster.leader()];
    const session = await put(leader, '/v1/session/create', { TTL: '3600s' });
    await put(leader, '/v1/kv/later', 'x');
    await put(leader, '/v1/catalog/register', { Node: 'late', Address: '10.9.9.9' });
    const before = await cluster.converged();
    const waits = cluster.servers.map((server) =>
      server.http('GET', `/v1/kv/later?wait=60s&index=${before.index}`),
    );
    await done(follower, 'restore', file);
    for (const wait of waits) {
      const { status, headers } = await wait;
      expect(status).toBe(404);
      expect(Number(headers['x-consul-index'])).toBeGreaterThan(Number(before.index));
    }
    expect(await contentOf(cluster)).toEqual(contentIn(saved));
    for (const server of cluster.servers) {
      expect(await names(server, '/v1/catalog/service/web?consistent')).toEqual(['elsewhere']);
      const nodes = await names(server, '/v1/catalog/nodes');
      expect(nodes).not.toContain('late');
      const gone = await server.http('GET', `/v1/session/info/${session.ID}`);
      expect(gone.json()).toEqual([]);
      expect(Number((await digestOf(server)).index)).toBeGreaterThan(Number(before.index));
    }
    expect(await put(follower, '/v1/kv/on', 'it goes')).toBe(true);
  });

  it('brings back sessions whose time is running again', async () => {
    const leader = await cluster.leader();
    const heldBy = async (): Promise<string | undefined> => {
      const { json } = await leader.http('GET', '/v1/kv/locked');
      return json<{ Session?: string }[]>()[0]!.Session;
    };
    await done(leader, 'restore', file);
    expect(await heldBy()).toMatch(/^[0-9a-f-]{36}$/);
    await until('the session to end', async () => (await heldBy()) === undefined, TTL_S * 4000);
    expect((await leader.http('GET', '/v1/session/list')).json()).toEqual([]);
    // From here on nothing happens by itself.
    saved = await cluster.converged();
    await done(leader, 'save', file);
    const startedAtMs = performance.now();
    await done(leader, 'restore', file);
    restoreMs = performance.now() - startedAtMs;
    expect(await contentOf(cluster)).toEqual(contentIn(saved));
  });

  it(
    'is restored whole or not at all, whoever is killed meanwhile',
    async () => {
      const random = seededRandom(SEED);
      const outcomes: string[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        outcomes.push(await restoreAmongKills(round, random));
      }
      reportFaults(`snapshot restore of ${KEYS} keys, a server killed -9: ${outcomes.join(', ')}`);
    },
    60_000 + ROUNDS * 60_000,
  );

  it('that is damaged changes nothing', async () => {
    const server = await cluster.follower();
    const before = await contentOf(cluster);
    const torn = join(cluster.folder, 'torn.snap');
    copyFileSync(file, torn);
    truncateSync(torn, statSync(torn).size - 100);
    const { code, stderr } = await server.cli(['snapshot', 'restore', torn]);
    expect(code).toBe(1);
    expect(stderr).toContain('Error restoring snapshot');
    expect(await contentOf(cluster)).toEqual(before);
  });

  it('of another cluster: the servers of this one are in the catalog again', async () => {
    const foreign = join(cluster.folder, 'foreign.snap');
    const other = await ServerCluster.start({ size: 1, config: { node_name: 'stranger' } });
    try {
      await put(other.servers[0]!, '/v1/kv/foreign', 'x');
      await done(other.servers[0]!, 'save', foreign);
    } finally {
      await other.stop();
    }
    await done(await cluster.follower(), 'restore', foreign);
    expect((await cluster.converged()).keys).toBe(1);
    const own = cluster.servers.map(({ name }) => name);
    await until('the servers to be registered', async () => {
      const found = await names(cluster.servers[0]!, '/v1/catalog/service/consul');
      return own.every((name) => found.includes(name));
    });
    expect(await cluster.peers()).toHaveLength(cluster.servers.length);
  });

  /** One round; what became of the restore. */
  async function restoreAmongKills(round: number, random: () => number): Promise<string> {
    await cluster.waitForVoters(3);
    await fill(await cluster.leader(), `round-${round}`, 100);
    const before = await cluster.converged();
    const [leader, via] = [await cluster.leader(), await cluster.follower()];
    const third = cluster.servers.find((server) => server !== leader && server !== via)!;
    const victim = round % 2 === 0 ? leader : third;
    const delayMs = restoreMs * (0.3 + 0.4 * random());
    let isOver = false;
    const restoring = via.cli(['snapshot', 'restore', file]).finally(() => {
      isOver = true;
    });
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    const isMeanwhile = !isOver;
    await victim.kill();
    victim.spawn();
    const { code, stderr } = await restoring;
    await Promise.all(cluster.servers.map((server) => server.waitUntilReadable()));
    const after = await cluster.converged();
    const isRestored = after.sha256 === saved.sha256;
    if (code === 0) expect(contentIn(after)).toEqual(contentIn(saved));
    // Otherwise all of one or all of the other: nothing in between.
    if (!isRestored) expect(contentIn(after)).toEqual(contentIn(before));
    expect(Number(after.index)).toBeGreaterThanOrEqual(Number(before.index));
    const when = isMeanwhile ? 'in it' : 'behind it';
    const told = code === 0 ? 'done' : stderr.trim();
    return `${victim === leader ? 'leader' : 'follower'} ${when}: ${told}${isRestored ? '' : ' (old)'}`;
  }
});

/** What a digest says of the keys; without the index of the read. */
function contentIn({ keys, sha256 }: StateDigest): Omit<StateDigest, 'index'> {
  return { keys, sha256 };
}

/** Keys of all servers, once they are the same. */
async function contentOf(cluster: ServerCluster): Promise<Omit<StateDigest, 'index'>> {
  return contentIn(await cluster.converged());
}

async function done(server: ServerProcess, ...args: readonly string[]) {
  const finished = await server.cli(['snapshot', ...args]);
  expect({ args, ...finished }).toMatchObject({ args, code: 0, stderr: '' });
  return finished;
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the route answers
async function put(server: ServerProcess, path: string, body: string | object): Promise<any> {
  const answer = await server.http('PUT', path, body);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return answer.json();
}

async function names(server: ServerProcess, path: string): Promise<readonly string[]> {
  const { json } = await server.http('GET', path);
  return json<{ Node: string }[]>().map(({ Node }) => Node);
}

/** Writes keys under a prefix, in transactions. */
async function fill(server: ServerProcess, prefix: string, count: number): Promise<void> {
  const Value = Buffer.from('x'.repeat(100)).toString('base64');
  for (let from = 0; from < count; from += BATCH) {
    const size = Math.min(BATCH, count - from);
    const operations = Array.from({ length: size }, (_, at) => ({
      KV: { Verb: 'set', Key: `${prefix}/${from + at}`, Value },
    }));
    await put(server, '/v1/txn', operations);
  }
}
