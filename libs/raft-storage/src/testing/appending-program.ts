// A process that appends until it is killed, and prints what was acknowledged. Arguments: folder, seed.
import { writeSync } from 'node:fs';
import { silentLogger } from '@mesh/base';
import { SqliteLogStore } from '../sqlite-log-store.ts';
import { appendedEntries, appendedEntry } from './appended-entry.ts';

async function main(folder: string, seed: number): Promise<void> {
  const store = new SqliteLogStore({ folder, logger: silentLogger });
  const { base, lastIndex } = await store.open();
  let last = lastIndex;
  let baseIndex = base.index;
  for (let step = seed; ; step++) {
    const entries = appendedEntries(last + 1, (step * 5) % 23);
    const compacts = step % 19 === 0 && last - baseIndex > 60;
    if (compacts) baseIndex = last - 50;
    await store.write({
      hardState: { term: 1 + Math.floor(step / 10), votedFor: 'me', commitIndex: last },
      ...(compacts && { base: { index: baseIndex, term: appendedEntry(baseIndex).term } }),
      entries,
    });
    last += entries.length;
    writeSync(1, `${last} ${baseIndex}\n`);
  }
}

main(process.argv[2]!, Number(process.argv[3])).catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
