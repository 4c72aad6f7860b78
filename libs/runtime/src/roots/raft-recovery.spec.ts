import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MeshError, silentLogger } from '@mesh/base';
import type { ServerInfo } from '@mesh/raft';
import { MemoryLogStore, MemorySnapshotStore } from '@mesh/raft-storage';
import { raftRecovery } from './raft-recovery.ts';

describe('recovery by peers.json', () => {
  let parent: string;
  let folder: string;
  let recovered: (readonly ServerInfo[])[];
  let failure: MeshError | undefined;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'mesh-recovery-'));
    folder = join(parent, 'raft');
    recovered = [];
    failure = undefined;
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  const clock = { nowMs: () => 0, monotonicMs: () => 0 };
  const component = () =>
    raftRecovery({
      folder,
      logger: silentLogger,
      storage: () => ({
        logStore: new MemoryLogStore(),
        snapshots: new MemorySnapshotStore(clock),
      }),
      server: {
        recover: async (_storage, servers) => {
          if (failure) throw failure;
          recovered.push(servers);
          return { index: 7, term: 2 };
        },
      },
    });
  const peers = () => join(folder, 'peers.json');

  it('does nothing without the file, and leaves word of what it would be', async () => {
    await component().start();
    expect(recovered).toEqual([]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(folder, 'peers.info'), 'utf8')).toContain('peers.json');
  });

  it('takes the servers over once', async () => {
    await component().start();
    writeFileSync(peers(), '[{"id": "a", "address": "10.0.0.1:8300", "non_voter": false}]');
    await component().start();
    await component().start();
    expect(recovered).toEqual([[{ id: 'a', address: '10.0.0.1:8300', suffrage: 'voter' }]]);
    expect(existsSync(peers())).toBe(false);
  });

  it.each(['', '{}', '[]', '[{"id": "a"}]'])(
    'keeps a file that it cannot use: %s',
    async (text) => {
      await component().start();
      writeFileSync(peers(), text);
      await expect(component().start()).rejects.toMatchObject({
        message: expect.stringContaining(`${peers()}: `),
      });
      expect(recovered).toEqual([]);
      expect(existsSync(peers())).toBe(true);
    },
  );

  it('keeps the file when the recovery fails', async () => {
    await component().start();
    writeFileSync(peers(), '[{"id": "a", "address": "10.0.0.1:8300", "non_voter": false}]');
    failure = new MeshError('unavailable', 'the disk is full');
    await expect(component().start()).rejects.toBe(failure);
    expect(existsSync(peers())).toBe(true);
  });
});
