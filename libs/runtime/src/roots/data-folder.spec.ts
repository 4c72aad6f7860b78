import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from '@mesh/raft-storage';
import { dataFolder } from './data-folder.ts';

describe('data_dir', () => {
  let parent: string;
  let folder: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'mesh-data-'));
    folder = join(parent, 'deep', 'data');
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  const mode = (path: string) => statSync(path).mode & 0o777;

  it('is made, for its owner alone', async () => {
    const component = dataFolder(folder, lockFolder);
    await component.start();
    await component.start();
    expect(mode(folder)).toBe(0o700);
    expect(mode(join(folder, 'format'))).toBe(0o600);
    expect(mode(join(folder, 'lock'))).toBe(0o600);
    expect(readFileSync(join(folder, 'format'), 'utf8')).toBe('1\n');
    await component.stop();
    await component.stop();
  });

  it('belongs to one at a time', async () => {
    const first = dataFolder(folder, lockFolder);
    await first.start();
    await expect(dataFolder(folder, lockFolder).start()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`${folder}/lock is locked`),
    });
    await first.stop();
    const next = dataFolder(folder, lockFolder);
    await next.start();
    await next.stop();
  });

  it.each([
    ['2', 'says format "2", this version knows 1: a newer version wrote it'],
    ['x'.repeat(99), `says format "${'x'.repeat(32)}", this version knows 1: it is not of this`],
  ])('of another format is left alone: %s', async (format, message) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'format'), format);
    await expect(dataFolder(folder, lockFolder).start()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(message),
    });
    expect(readFileSync(join(folder, 'format'), 'utf8')).toBe(format);
  });

  it('may be one whose making a crash cut short', async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'format'), '');
    const component = dataFolder(folder, lockFolder);
    await component.start();
    expect(readFileSync(join(folder, 'format'), 'utf8')).toBe('1\n');
    await component.stop();
  });

  it.each(['file', 'below a file', 'format is a folder'])(
    'refuses what is none: %s',
    async (what) => {
      if (what === 'format is a folder') mkdirSync(join(folder, 'format'), { recursive: true });
      else writeFileSync(join(parent, 'deep'), '');
      const path = what === 'file' ? join(parent, 'deep') : folder;
      await expect(dataFolder(path, lockFolder).start()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(/^data_dir: cannot use \/.*: E[A-Z]+/),
      });
    },
  );

  // Permissions do not bind root.
  if (process.getuid?.() !== 0) {
    it('refuses one that cannot be written to', async () => {
      mkdirSync(folder, { recursive: true });
      chmodSync(folder, 0o500);
      await expect(dataFolder(folder, lockFolder).start()).rejects.toMatchObject({
        message: expect.stringContaining('EACCES'),
      });
    });
  }
});
