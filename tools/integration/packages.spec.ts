/** The publishable packages as npm packs them: what is inside works, alone and typed. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentProcess, run } from '@mesh/testkit';

const ROOT = join(__dirname, '..', '..');
const PACKAGES = ['api-client', 'kv-client'];

const PROGRAM = `
const kv = new KvClient({ address: process.argv[2] });
await kv.put('packed', 'value');
const { data } = await new ApiClient({ address: process.argv[2] }).kv.get('packed');
console.log((await kv.get('packed')).value, data.Key, kv.api instanceof ApiClient);
await kv.get('packed', { signal: AbortSignal.abort() }).catch((error) => console.log(error.name));
`;

const TYPED = `
import { ApiClient } from '@mesh/api-client';
import { KvClient, type KvEntry, LockError } from '@mesh/kv-client';
const kv = new KvClient({ retries: 0 });
export const entry: Promise<KvEntry<string> | undefined> = kv.get('a');
export const port: number | undefined = (await new ApiClient().health.service('web')).data[0]?.Service.Port;
export const code: string = new LockError('lost', '').code;
// @ts-expect-error a list of nodes is no text
export const wrong: string = (await new ApiClient().catalog.nodes()).data;
`;

let folder: string;
let agent: AgentProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mesh-packages-'));
  const scope = join(folder, 'node_modules', '@mesh');
  for (const name of PACKAGES) {
    const source = join(ROOT, 'libs', name);
    const built = await run(process.execPath, ['build.mjs'], { cwd: source });
    expect(built).toMatchObject({ code: 0, stderr: '' });
    const packed = await run('npm', ['pack', source, '--ignore-scripts'], { cwd: folder });
    expect(packed.code).toBe(0);
    const archive = readdirSync(folder).find((file) => file.includes(name))!;
    mkdirSync(join(scope, name), { recursive: true });
    const target = ['-C', join(scope, name), '--strip-components=1'];
    expect((await run('tar', ['xzf', join(folder, archive), ...target])).code).toBe(0);
  }
  symlinkSync(join(ROOT, 'node_modules', '@types'), join(folder, 'node_modules', '@types'));
  agent = await AgentProcess.start();
});

afterAll(async () => {
  await agent.stop();
  rmSync(folder, { recursive: true, force: true });
});

it.each(PACKAGES)('%s holds what it needs and nothing else', (name) => {
  const files = readdirSync(join(folder, 'node_modules', '@mesh', name));
  expect(files.sort()).toEqual(['README.md', 'dist', 'package.json']);
});

it.each([
  ['import', 'program.mjs', (names: string, from: string) => `import { ${names} } from '${from}';`],
  [
    'require',
    'program.cjs',
    (names: string, from: string) => `const { ${names} } = require('${from}');`,
  ],
])('a program that uses %s runs', async (_how, file, load) => {
  const head = `${load('KvClient', '@mesh/kv-client')}\n${load('ApiClient', '@mesh/api-client')}\n`;
  const isModule = file.endsWith('.mjs');
  const text = isModule ? head + PROGRAM : `${head}(async () => {${PROGRAM}})();`;
  writeFileSync(join(folder, file), text);
  const { stdout, stderr } = await run(process.execPath, [file, agent.address], { cwd: folder });
  expect([stdout, stderr]).toEqual(['value packed true\nAbortError\n', '']);
});

it('declarations stand on their own, and are as strict as the sources', async () => {
  writeFileSync(join(folder, 'typed.mts'), TYPED);
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'];
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  const { code, stdout } = await run(tsc, [...options, '--types', 'node', 'typed.mts'], {
    cwd: folder,
  });
  expect([code, stdout]).toEqual([0, '']);
});
