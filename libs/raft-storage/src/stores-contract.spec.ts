import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@mesh/base';
import { describeLogStore, describeSnapshotStore } from '@mesh/testkit';
import { FileSnapshotStore } from './file-snapshot-store.ts';
import { MemoryLogStore } from './memory-log-store.ts';
import { MemorySnapshotStore } from './memory-snapshot-store.ts';
import { SqliteLogStore } from './sqlite-log-store.ts';

const clock = { nowMs: () => Date.now() };

function place<T>(make: (folder: string) => T) {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-raft-storage-'));
  return {
    store: () => make(join(folder, 'raft')),
    durable: true,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

describeLogStore('SQLite in memory', () => ({
  store: () => new MemoryLogStore(),
  durable: false,
}));

describeLogStore('SQLite on disk', () =>
  place((folder) => new SqliteLogStore({ folder, logger: silentLogger })),
);

describeSnapshotStore('memory', () => ({
  store: () => new MemorySnapshotStore(clock),
  durable: false,
}));

describeSnapshotStore('files', () =>
  place((folder) => new FileSnapshotStore({ folder, logger: silentLogger, clock })),
);
