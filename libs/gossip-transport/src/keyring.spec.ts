import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { base64Encode } from '@mesh/base';
import { Keyring } from './keyring.ts';

const bytes = (fill: number, count = 32) => new Uint8Array(count).fill(fill);
const text = (fill: number, count = 32) => base64Encode(bytes(fill, count));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesh-keyring-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('in memory', () => {
  test('keys of all sizes, primary first, each once', () => {
    const keyring = Keyring.of([text(1), bytes(2, 16), text(3, 24), text(1)]);
    expect(keyring.keys()).toEqual([text(1), text(2, 16), text(3, 24)]);
    expect(keyring.list()).toEqual(keyring.keys());
    expect(keyring.cipherKeys.map(({ algorithm }) => algorithm)).toEqual([
      'aes-256-gcm',
      'aes-128-gcm',
      'aes-192-gcm',
    ]);
  });

  test('rotation', () => {
    const keyring = Keyring.of([text(1)]);
    keyring.install(bytes(2));
    keyring.install(bytes(2));
    keyring.install(bytes(1));
    expect(keyring.keys()).toEqual([text(1), text(2)]);
    keyring.use(bytes(2));
    keyring.use(bytes(2));
    expect(keyring.keys()).toEqual([text(2), text(1)]);
    expect(keyring.primary).toBe(keyring.cipherKeys[0]);
    keyring.remove(bytes(1));
    keyring.remove(bytes(1));
    expect(keyring.keys()).toEqual([text(2)]);
  });

  test('what is refused', () => {
    const keyring = Keyring.of([text(1)]);
    expect(() => keyring.use(bytes(2))).toThrow('Requested key is not in the keyring');
    expect(() => keyring.remove(bytes(1))).toThrow('Removing the primary key is not allowed');
    expect(() => keyring.install(bytes(1, 17))).toThrow('key size must be 16, 24 or 32 bytes');
    expect(() => Keyring.of([])).toThrow('needs a key');
    expect(() => Keyring.of(['***'])).toThrow('not base64');
    expect(() => Keyring.of([text(1, 8)])).toThrow('16, 24 or 32');
    expect(keyring.keys()).toEqual([text(1)]);
  });
});

describe('file', () => {
  test('is made with its folder, for its owner alone, and follows each change', () => {
    const path = join(folder, 'serf', 'local.keyring');
    const keyring = Keyring.of([text(1)], path);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual([text(1)]);
    keyring.install(bytes(2));
    keyring.use(bytes(2));
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual([text(2), text(1)]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'serf'))).toEqual(['local.keyring']);
    expect(Keyring.open(path).keys()).toEqual([text(2), text(1)]);
  });

  test('as the original writes it, with loose permissions, which a change tightens', () => {
    const path = join(folder, 'keyring');
    writeFileSync(path, `[\n  "${text(1)}",\n  "${text(2, 16)}"\n]`);
    chmodSync(path, 0o644);
    const keyring = Keyring.open(path);
    expect(keyring.keys()).toEqual([text(1), text(2, 16)]);
    keyring.install(bytes(3));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('a leftover of a crash is no obstacle', () => {
    const path = join(folder, 'keyring');
    writeFileSync(`${path}.next`, '["half');
    Keyring.of([text(1)], path);
    expect(Keyring.open(path).keys()).toEqual([text(1)]);
    expect(readdirSync(folder)).toEqual(['keyring']);
  });

  test('a change that cannot be written does not happen', () => {
    const path = join(folder, 'gone', 'keyring');
    const keyring = Keyring.of([text(1)], path);
    rmSync(join(folder, 'gone'), { recursive: true });
    writeFileSync(join(folder, 'gone'), 'a file where the folder was');
    expect(() => keyring.install(bytes(2))).toThrow('cannot write the keyring file');
    expect(keyring.keys()).toEqual([text(1)]);
  });

  test('that makes no sense', () => {
    const path = join(folder, 'keyring');
    expect(() => Keyring.open(path)).toThrow('cannot read the keyring file');
    const wrong = { '{': 'JSON array', '{}': 'JSON array', '[1]': 'JSON array', '[]': 'no keys' };
    for (const [content, reason] of Object.entries(wrong)) {
      writeFileSync(path, content);
      expect(() => Keyring.open(path)).toThrow(reason);
    }
    writeFileSync(path, '["AAAA"]');
    expect(() => Keyring.open(path)).toThrow('16, 24 or 32');
  });
});
