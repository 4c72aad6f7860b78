import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { silentLogger } from '@mesh/base';
import { faultSetting, seededRandom } from '@mesh/testkit';
import { SqliteLogStore } from './sqlite-log-store.ts';
import { appendedEntries } from './testing/appended-entry.ts';
import { bundledProgram } from './testing/bundled-program.ts';
import { removeTemporaryFolders, temporaryFolder } from './testing/temporary-folder.ts';

const ROUNDS = faultSetting('LOG_CRASH_ROUNDS', 20);
const SEED = faultSetting('LOG_CRASH_SEED', 7);

/** What the killed process said last. */
interface Acknowledged {
  readonly last: number;
  readonly base: number;
}

describe('a process killed while it appends', () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));
  afterAll(removeTemporaryFolders);

  it(`loses nothing that was acknowledged, ${ROUNDS} times`, async () => {
    const random = seededRandom(SEED);
    const folder = join(temporaryFolder(), 'raft');
    const program = bundledProgram('appending-program.ts');
    let before: Acknowledged = { last: 0, base: 0 };
    for (let round = 1; round <= ROUNDS; round++) {
      child = spawn(process.execPath, [program.file, folder, String(round * 1000)], {
        env: program.env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const told = await killLater(child, 1 + Math.floor(random() * 200));
      expect(told.last).toBeGreaterThanOrEqual(before.last);
      before = await expectIntact(folder, told);
    }
    expect(before.last).toBeGreaterThan(ROUNDS * 10);
  }, 120_000);

  async function expectIntact(folder: string, told: Acknowledged): Promise<Acknowledged> {
    const store = new SqliteLogStore({ folder, logger: silentLogger });
    try {
      const { base, lastIndex, hardState } = await store.open();
      expect(lastIndex).toBeGreaterThanOrEqual(told.last);
      expect(base.index).toBeGreaterThanOrEqual(told.base);
      expect(hardState.commitIndex).toBeLessThanOrEqual(lastIndex);
      const entries = store.read(base.index + 1, lastIndex, Number.MAX_SAFE_INTEGER);
      const expected = appendedEntries(base.index + 1, lastIndex - base.index);
      expect(entries).toHaveLength(expected.length);
      expected.forEach((entry, at) => {
        const { data, ...rest } = entries[at]!;
        expect({ ...rest, data: Buffer.from(data).toString('hex') }).toEqual({
          ...entry,
          data: Buffer.from(entry.data).toString('hex'),
        });
      });
      return { last: lastIndex, base: base.index };
    } finally {
      await store.close();
    }
  }
});

/** Kills the process after that many lines and reads what it had still said. */
async function killLater(child: ChildProcess, lines: number): Promise<Acknowledged> {
  let output = '';
  let seen = 0;
  child.stdout!.on('data', (chunk: Buffer) => {
    output += chunk;
    seen += chunk.filter((byte) => byte === 0x0a).length;
    if (seen >= lines) child.kill('SIGKILL');
  });
  const [, signal] = await once(child, 'close');
  expect(signal).toBe('SIGKILL');
  // The last line may be cut off.
  const [last, base] = output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1)!.split(' ');
  return { last: Number(last), base: Number(base) };
}
