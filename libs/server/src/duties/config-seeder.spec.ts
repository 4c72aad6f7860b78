import { MeshError, silentLogger } from '@mesh/base';
import type { ApplyEntry, NewConfigEntry } from '@mesh/config-entry';
import { ConfigSeeder } from './config-seeder.ts';

const entry = (Name: string): NewConfigEntry => ({ Kind: 'service-defaults', Name });

/** Resolves when all microtasks are done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('ConfigSeeder', () => {
  it('stores each entry where there is none, and goes on after a failure', async () => {
    const written: ApplyEntry[] = [];
    const seeder = new ConfigSeeder({
      entries: ['a', 'bad', 'c'].map(entry),
      write: async (_endpoint, args) => {
        written.push(args);
        if ((args.entry as NewConfigEntry).Name === 'bad') throw new MeshError('conflict', 'no');
        return true;
      },
      logger: silentLogger,
    });
    await seeder.start();
    await settled();
    expect(written.map(({ entry: one, cas }) => [(one as NewConfigEntry).Name, cas])).toEqual([
      ['a', 0],
      ['bad', 0],
      ['c', 0],
    ]);
  });

  it('stops with the reign', async () => {
    const written: unknown[] = [];
    const seeder = new ConfigSeeder({
      entries: ['a', 'b'].map(entry),
      write: async (_endpoint, args) => {
        written.push(args);
        await seeder.stop();
        return true;
      },
      logger: silentLogger,
    });
    await seeder.start();
    await settled();
    expect(written).toHaveLength(1);
  });
});
