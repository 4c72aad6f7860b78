import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@mesh/base';
import { SqliteLogStore } from './durable-log-store.ts';

it('works', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'mesh-log-')), 'raft');
  const store = new SqliteLogStore({ folder, logger: silentLogger });
  console.log(await store.open());
  await store.write({
    hardState: { term: 1, votedFor: 'x', commitIndex: 0 },
    entries: [{ index: 1, term: 1, kind: 'noop', data: new Uint8Array(3) }],
  });
  console.log(store.read(1, 2, 100));
  const other = new SqliteLogStore({ folder, logger: silentLogger });
  await expect(other.open()).rejects.toThrow('another server');
  await store.close();
  const again = new SqliteLogStore({ folder, logger: silentLogger });
  console.log(await again.open());
  await again.close();
});
