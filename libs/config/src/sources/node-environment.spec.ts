import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../load-config.ts';
import { refusal } from '../testing/load.ts';
import { testRandom } from '../testing/memory-environment.ts';
import { nodeEnvironment } from './node-environment.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesh-config-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function load(...argv: string[]) {
  return loadConfig({ argv: [...argv, '-bind=127.0.0.1'], random: testRandom });
}

test('files, folders and links of this machine', () => {
  const config = join(folder, 'consul.d');
  mkdirSync(join(config, 'sub.hcl'), { recursive: true });
  writeFileSync(join(config, 'a.hcl'), 'service { name = "a" }');
  writeFileSync(join(folder, 'real'), '{"service":{"name":"b"}}');
  symlinkSync(join(folder, 'real'), join(config, 'b.json'));
  symlinkSync(join(folder, 'nowhere'), join(config, 'c.swp'));
  const loaded = load('-dev', `-config-dir=${config}/`);
  expect(loaded.config.services.map((one) => one.name)).toEqual(['a', 'b']);
  expect(loaded.sources).toEqual([join(config, 'a.hcl'), join(config, 'b.json'), 'flags']);
  symlinkSync(join(folder, 'nowhere'), join(config, 'd.json'));
  expect(refusal(() => load('-dev', `-config-dir=${config}`))).toBe(
    `config: Open failed on ${config}/d.json. open ${config}/d.json: no such file or directory`,
  );
});

test('the node id is kept with mode 0600 in a folder of mode 0700', () => {
  const data = join(folder, 'deep', 'data');
  const first = load('-server', `-data-dir=${data}`).config.nodeId;
  expect(statSync(join(data, 'node-id')).mode & 0o777).toBe(0o600);
  expect(statSync(data).mode & 0o777).toBe(0o700);
  const other = { ...testRandom, uuid: () => '00000000-0000-4000-8000-000000000002' };
  const argv = ['-server', `-data-dir=${data}`, '-bind=127.0.0.1'];
  expect(loadConfig({ argv, random: other }).config.nodeId).toBe(first);
  const kept = loadConfig({ argv, random: other, nodeId: 'given-on-reload' }).config.nodeId;
  expect(kept).toBe('given-on-reload');
});

test('a data_dir that cannot be made', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(refusal(() => load('-server', `-data-dir=${folder}/file`))).toMatch(
    /^failed to setup node ID: open .*\/file\/node-id: not a directory$/,
  );
  chmodSync(folder, 0o700);
});

test('interfaces of this machine', () => {
  const loopback = nodeEnvironment.interfaces().filter((one) => one.loopback);
  expect(loopback.map((one) => one.address)).toContain('127.0.0.1');
  expect(nodeEnvironment.hostname()).not.toBe('');
});
