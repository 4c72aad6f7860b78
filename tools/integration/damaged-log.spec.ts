/** A flipped byte in the log: the server refuses to start and says which file and what to do. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServerCluster, type ServerProcess } from '@mesh/testkit';

describe('damaged log', () => {
  let cluster: ServerCluster;
  let server: ServerProcess;
  beforeEach(async () => {
    cluster = await ServerCluster.start({ size: 1 });
    server = cluster.servers[0]!;
  });
  afterEach(() => cluster?.stop());

  it('a log that is not damaged is taken, after a crash and after a stop', async () => {
    await writeAround('needle');
    await server.kill();
    server.spawn();
    await server.waitUntilReadable();
    await server.terminate();
    server.spawn();
    await server.waitUntilReadable();
    expect((await server.http('GET', '/v1/kv/key-15?raw')).text).toBe('needle');
  });

  const fileOf = (name: string) => join(server.dataDir, 'raft', name);

  it('in raft.db after a stop in good order', async () => {
    await writeAround('needle-in-the-database');
    await server.terminate();
    flipByteOf('needle-in-the-database', fileOf('raft.db'));
    await expectRefusal('raft.db');
  });

  it('in the write-ahead log after a crash', async () => {
    await writeAround('needle-in-the-wal');
    await server.kill();
    flipByteOf('needle-in-the-wal', fileOf('raft.db-wal'));
    await expectRefusal('raft.db');
  });

  it('a log cut short', async () => {
    await writeAround('needle');
    await server.terminate();
    const bytes = readFileSync(fileOf('raft.db'));
    writeFileSync(fileOf('raft.db'), bytes.subarray(0, bytes.length >> 1));
    await expectRefusal('raft.db');
  });

  /** A value that can be found again, with acknowledged writes before and after it. */
  async function writeAround(needle: string): Promise<void> {
    for (let at = 0; at < 30; at++) {
      const value = at === 15 ? needle : 'x'.repeat(300);
      expect((await server.http('PUT', `/v1/kv/key-${at}`, value)).text.trim()).toBe('true');
    }
  }

  function flipByteOf(needle: string, file: string): void {
    expect(existsSync(file)).toBe(true);
    const bytes = readFileSync(file);
    const at = bytes.indexOf(needle);
    expect(at).toBeGreaterThan(0);
    for (let found = at; found !== -1; found = bytes.indexOf(needle, found + 1)) {
      bytes[found + 2] = bytes[found + 2]! ^ 0x04;
    }
    writeFileSync(file, bytes);
  }

  async function expectRefusal(file: string): Promise<void> {
    const before = server.log().length;
    server.spawn();
    expect(await server.waitForExit()).toBe(1);
    const printed = server.log().slice(before);
    expect(printed).toContain(fileOf(file));
    // What to do: the two ways back that an operator has.
    expect(printed).toMatch(/restore|snapshot/i);
    expect(printed).toMatch(/remove|delete|move|another server|other servers|rejoin/i);
    // No stack trace: it is the disk's fault, not a fault of ours.
    expect(printed).not.toMatch(/^\s+at .*\.js:\d+/m);
  }
});
