/** A server whose disk fills up: it stops taking writes, says so, reads on, and recovers by itself. */
import { KvLoad, ServerCluster, type ServerProcess, SmallDisk, until } from '@mesh/testkit';
import { expectAcknowledged } from './acknowledged.ts';

/** What an operator must be able to read in the answer. */
const CLEAR_ERROR = /disk|space/i;

describe('full disk', () => {
  let disk: SmallDisk | undefined;
  let cluster: ServerCluster | undefined;
  beforeAll(async () => {
    disk = SmallDisk.mount(96);
    if (!disk) return;
    const dataDir = `${disk.path}/data`;
    cluster = await ServerCluster.start({ size: 1, placement: () => ({ dataDir }) });
  });
  afterAll(async () => {
    await cluster?.stop();
    disk?.unmount();
  });

  it('writes fail clearly, reads go on, and free space is all it needs to recover', async () => {
    if (!disk || !cluster) return;
    const server = cluster.servers[0]!;
    await put(server, 'before', 'kept');
    disk.occupy(3 << 20);
    const written = await fill(server);

    const refusal = await server.http('PUT', '/v1/kv/refused', 'x'.repeat(200_000));
    expect(refusal.status).toBeGreaterThanOrEqual(500);
    expect(refusal.text).toMatch(CLEAR_ERROR);
    expect(server.log()).toMatch(CLEAR_ERROR);
    for (const mode of ['', '&consistent', '&stale']) {
      const read = await server.http('GET', `/v1/kv/before?raw${mode}`);
      expect([mode, read.status, read.text]).toEqual([mode, 200, 'kept']);
    }

    disk.release();
    await until('writes to be taken again', async () => {
      server.assertRunning();
      return (await server.http('PUT', '/v1/kv/after', 'space')).text.trim() === 'true';
    });
    // It is well again: all of a short load is taken.
    const load = new KvLoad({ targets: [server.target], contenders: 0 }).start();
    await load.moreAcks(50);
    await load.stop();
    expect(load.describeFailures()).toBe('none');

    await server.kill();
    server.spawn();
    await server.waitUntilReadable();
    for (const key of ['before', 'after', ...written]) {
      expect([key, (await server.http('GET', `/v1/kv/${key}`)).status]).toEqual([key, 200]);
    }
    await expectAcknowledged(load.acknowledged, [server]);
  });

  async function put(server: ServerProcess, key: string, value: string): Promise<boolean> {
    return (await server.http('PUT', `/v1/kv/${key}`, value)).text.trim() === 'true';
  }

  /** Writes until one is refused; returns the keys that were taken. */
  async function fill(server: ServerProcess): Promise<readonly string[]> {
    const written: string[] = [];
    while (await put(server, `fill/${written.length}`, 'x'.repeat(100_000))) {
      written.push(`fill/${written.length}`);
      if (written.length > 2000) throw new Error('the disk does not fill');
    }
    return written;
  }
});
