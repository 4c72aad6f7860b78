/** Saving and restoring over HTTP, on a leader and on a follower. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type LogValue, noMetrics, silentLogger } from '@mesh/base';
import { loadConfig } from '@mesh/config';
import { createHttpServer, type HttpServer } from '@mesh/http-server';
import { kvApply, kvGet } from '@mesh/kv';
import { PLAIN_READ, PLAIN_WRITE } from '@mesh/resource';
import { readArchive, Spool, writeArchive } from '@mesh/snapshot-archive';
import { allResources } from '../testing/all-resources.ts';
import { FakeCluster } from '../testing/fake-consensus.ts';
import { FakeServer } from '../testing/fake-server.ts';
import { ManualPlatform } from '../testing/manual-platform.ts';
import { MemoryCalls } from '../testing/memory-calls.ts';
import { pieces } from '../testing/replica.ts';
import { snapshotHttpRoutes } from './http.ts';
import { Snapshots } from './snapshots.ts';

/** A server with its HTTP API. */
class Node {
  readonly lines: string[] = [];
  readonly server: FakeServer;
  readonly snapshots: Snapshots;
  private readonly http: HttpServer;

  constructor(id: string, cluster: FakeCluster, calls: MemoryCalls, folder: string) {
    this.snapshots = new Snapshots({
      store: () => this.server.store,
      consensus: () => this.server.consensus,
      maxStateBytes: 30_000_000,
    });
    const resources = [...allResources(), this.snapshots.resource];
    const platform = new ManualPlatform();
    const named = { id, address: `${id}:8300` };
    this.server = new FakeServer(named, cluster, calls, platform, resources);
    const note = (message: string, values?: Readonly<Record<string, LogValue>>) =>
      void this.lines.push(`${message} ${JSON.stringify(values ?? {})}`);
    const { rpc } = this.server;
    const logger = { ...silentLogger, info: note, error: note, named: () => logger };
    const parts = { rpc, source: this.snapshots, platform, logger, spoolFolder: folder };
    this.http = createHttpServer({
      config: {
        ...loadConfig({ argv: ['-dev'], random: platform.random }).config.http,
        ...{ listen: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }], ui: false },
      },
      routes: snapshotHttpRoutes(parts),
      ...{ logger, metrics: noMetrics, platform, datacenter: 'dc1' },
      ...{ defaultQueryTimeMs: 300_000, maxQueryTimeMs: 600_000 },
    });
  }

  async start(): Promise<void> {
    await this.server.rpc.start();
    await this.http.start();
  }

  stop(): Promise<void> {
    const stopped = this.http.stop();
    return stopped;
  }

  put(key: string, bytes = 1): Promise<boolean> {
    const value = randomBytes(bytes);
    return this.server.rpc.write(kvApply, { op: 'set', key, value, flags: 0 }, PLAIN_WRITE);
  }

  async has(key: string): Promise<boolean> {
    const { value } = await this.server.rpc.read(kvGet, { key }, PLAIN_READ);
    return value !== undefined;
  }

  ask(method: string, path = '/v1/snapshot', body?: Buffer): Promise<Answer> {
    const [address] = this.http.addresses;
    const port = address?.kind === 'tcp' ? address.port : 0;
    return new Promise((resolve, reject) => {
      const outgoing = request({ host: '127.0.0.1', port, method, path }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const { statusCode: status = 0, headers } = incoming;
          resolve({ status, headers, body: Buffer.concat(chunks) });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

let folder: string;
let cluster: FakeCluster;
let leader: Node;
let follower: Node;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mesh-snapshots-'));
  cluster = new FakeCluster();
  const calls = new MemoryCalls();
  leader = new Node('one', cluster, calls, folder);
  follower = new Node('two', cluster, calls, folder);
  await leader.start();
  await follower.start();
  cluster.servers = [{ id: 'one', address: 'one:8300', suffrage: 'voter' }];
  cluster.elect(leader.server.consensus);
});
afterEach(async () => {
  // Nothing stays behind, however a request has ended.
  expect(readdirSync(folder)).toEqual([]);
  await leader.stop();
  await follower.stop();
  rmSync(folder, { recursive: true });
});

const text = ({ status, body }: Answer) => [status, body.toString()];

it('a saved state has the headers and the description of the original', async () => {
  await leader.put('a');
  const { status, headers, body } = await leader.ask('GET');
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'application/x-gzip',
    vary: 'Accept-Encoding',
    'x-consul-index': '2',
    'x-consul-knownleader': 'true',
    'x-consul-lastcontact': '0',
  });
  expect(headers).not.toHaveProperty('x-consul-effective-consistency');
  expect(headers).not.toHaveProperty('content-encoding');
  const meta = await readArchive(pieces(body));
  expect(meta).toMatchObject({
    ...{ Version: 1, ID: `2-2-1600000000000`, Index: 2, Term: 2, ConfigurationIndex: 0 },
    Configuration: { Servers: [{ Suffrage: 0, ID: 'one', Address: 'one:8300' }] },
  });
});

it('is restored by the leader, and by a follower', async () => {
  await leader.put('a');
  const { body } = await leader.ask('GET');
  for (const node of [leader, follower]) {
    await leader.put('b');
    expect(text(await node.ask('PUT', '/v1/snapshot', body))).toEqual([200, '']);
    for (const each of [leader, follower]) {
      expect([await each.has('a'), await each.has('b')]).toEqual([true, false]);
    }
    expect(node.lines.join()).toContain('snapshot restored {"id":"2-2-1600000000000","index":');
  }
});

it('a follower saves what the leader has committed; stale, what it has itself', async () => {
  await leader.put('a');
  const stale = await follower.ask('GET', '/v1/snapshot?stale');
  expect(stale.headers['x-consul-lastcontact']).not.toBe('0');
  expect((await readArchive(pieces(stale.body))).Index).toBe(0);
  expect((await readArchive(pieces((await follower.ask('GET')).body))).Index).toBe(2);
});

it('a large state goes over the disk, both ways', async () => {
  for (let at = 0; at < 40; at++) await leader.put(`large/${at}`, 500_000);
  const { body } = await leader.ask('GET');
  expect(body.length).toBeGreaterThan(20_000_000);
  await leader.put('later');
  expect((await follower.ask('PUT', '/v1/snapshot', body)).status).toBe(200);
  expect(await leader.has('later')).toBe(false);
  expect(await leader.has('large/39')).toBe(true);
});

describe('a restore is refused', () => {
  let good: Buffer;
  beforeEach(async () => {
    await leader.put('kept');
    good = (await leader.ask('GET')).body;
  });
  const refused = async (body: Buffer, status: number, message: string, path?: string) => {
    const { length } = cluster.log;
    const answer = await leader.ask('PUT', path, body);
    expect([answer.status, answer.body.toString()]).toEqual([
      status,
      expect.stringContaining(message),
    ]);
    // Nothing at all went through the log.
    expect(cluster.log).toHaveLength(length);
    expect(await leader.has('kept')).toBe(true);
    expect((await leader.ask('PUT', '/v1/snapshot', good)).status).toBe(200);
  };

  it('of garbage, in the words of the original', () =>
    refused(
      Buffer.from('not a snapshot'),
      400,
      'failed to decompress snapshot: gzip: invalid header',
    ));

  it('of nothing', () => refused(Buffer.alloc(0), 400, 'failed to decompress snapshot: EOF'));

  it('of half a file', () => refused(good.subarray(0, 300), 400, 'unexpected EOF'));

  it('of a changed file', () => {
    const tar = gunzipSync(good);
    const at = tar.indexOf('kept');
    tar[at] = 0x4b;
    return refused(gzipSync(tar), 400, 'state.bin has SHA-256');
  });

  it('of garbage longer than what is looked at', () =>
    refused(Buffer.alloc(3_000_000, 'x'), 400, 'gzip: invalid header'));

  it('of a state beyond the limit', async () => {
    const huge = await bomb();
    await refused(huge, 413, 'state.bin has 40000000 bytes; at most 30000000 are accepted');
  });

  it('for another datacenter', () =>
    refused(good, 500, 'No path to datacenter', '/v1/snapshot?dc=elsewhere'));
});

it('while another is under way', async () => {
  await leader.put('a');
  const { body } = await leader.ask('GET');
  const answers = await Promise.all([1, 2].map(() => leader.ask('PUT', '/v1/snapshot', body)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 429]);
});

it('other methods are not allowed', async () => {
  const { status, headers, body } = await leader.ask('POST');
  expect([status, body.toString()]).toEqual([405, 'method POST not allowed']);
  expect(headers).toMatchObject({ allow: 'OPTIONS,GET,PUT' });
  expect((await leader.ask('OPTIONS')).status).toBe(200);
});

it('another datacenter is out of reach', async () => {
  expect(text(await leader.ask('GET', '/v1/snapshot?dc=elsewhere'))).toEqual([
    500,
    'No path to datacenter',
  ]);
});

/** An archive whose state claims to be larger than the limit. */
async function bomb(): Promise<Buffer> {
  const Size = 40_000_000;
  const describe = () => ({
    ...{ Version: 1, ID: 'x', Index: 1, Term: 1, ConfigurationIndex: 1, Size },
    Configuration: { Servers: [] },
  });
  const chunks: Uint8Array[] = [];
  const spool = new Spool({ folder });
  const state = pieces(new Uint8Array(Size));
  for await (const chunk of writeArchive({ describe, state, spool, nowMs: 0 })) chunks.push(chunk);
  return Buffer.concat(chunks);
}
