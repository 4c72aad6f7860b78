import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSecretFile } from './secret-file.ts';

describe('a file for a secret', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mesh-secret-'));
    path = join(folder, 'sink');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is for its owner alone, and holds nothing but the secret', () => {
    writeFileSync(path, 'an older and much longer secret', { mode: 0o644 });
    const file = openSecretFile(path);
    file.write('s3cr3t');
    file.close();
    expect(readFileSync(path, 'utf8')).toBe('s3cr3t');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['sink']);
  });

  it('keeps what it held when no secret comes', () => {
    writeFileSync(path, 'older');
    openSecretFile(path).close();
    expect(readFileSync(path, 'utf8')).toBe('older');
    expect(readdirSync(folder)).toEqual(['sink']);
  });

  it('cannot be opened in a folder that is not there', () => {
    const lost = join(folder, 'no', 'sink');
    expect(() => openSecretFile(lost)).toThrow(`open ${lost}: no such file or directory`);
  });

  it('a device takes the secret itself', () => {
    const file = openSecretFile('/dev/null');
    file.write('s3cr3t');
    file.close();
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});
