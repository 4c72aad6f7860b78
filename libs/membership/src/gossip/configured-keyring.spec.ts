import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GossipWorld } from '../testing/gossip-world.ts';
import { configuredKeyring } from './configured-keyring.ts';

const OLD = Buffer.alloc(16, 1).toString('base64');
const NEW = Buffer.alloc(32, 2).toString('base64');

describe('keys of a pool', () => {
  let folder: string;
  let file: string;
  let world: GossipWorld;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mesh-keys-'));
    file = join(folder, 'serf', 'local.keyring');
    world = new GossipWorld();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const open = (encryptKey: string, path = file) =>
    configuredKeyring({
      ...{ file: path, encryptKey, pool: 'LAN', logger: world.logger('agent') },
    })?.list();
  const write = (text: string) => {
    mkdirSync(join(folder, 'serf'));
    writeFileSync(file, text);
  };

  it('are none without a file and a configuration', () => {
    expect(open('')).toBeUndefined();
    expect(open('', '')).toBeUndefined();
  });

  it('come from the configuration the first time, and are kept', () => {
    expect(open(OLD)).toEqual([OLD]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([OLD]);
    expect(open('')).toEqual([OLD]);
  });

  it('stay in memory where no file is wanted', () => {
    expect(open(OLD, '')).toEqual([OLD]);
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });

  it('come from the file once it is there, and it is said where that differs', () => {
    write(JSON.stringify([NEW, OLD]));
    expect(open(OLD)).toEqual([NEW, OLD]);
    expect(world.lines).toEqual([]);
    const other = Buffer.alloc(16, 3).toString('base64');
    expect(open(other)).toEqual([NEW, OLD]);
    expect(world.lines).toEqual([
      "[WARN] agent: keyring doesn't include key provided with -encrypt, using keyring keyring=LAN",
    ]);
  });

  it.each(['', '{}', '[]', '["x"]', '[1]'])('a file without sense is refused: %s', (text) => {
    write(text);
    expect(() => open(OLD)).toThrow();
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});
