/**
 * Type-checks the whole tree in a few programs: pure libs (which see neither Node nor the DOM), the rest,
 * tests and tools. A pure lib that reaches for Node fails here.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { PURE_LAYERS, projects, root } from './workspace.mjs';

const out = join(root, 'dist', 'typecheck');
mkdirSync(out, { recursive: true });

const all = projects();
const pure = all.filter(({ layer }) => PURE_LAYERS.includes(layer)).map(({ dir }) => dir);
const test = all.filter(({ layer }) => layer === 'test').map(({ dir }) => dir);
// Runs in browsers: knows the DOM and nothing of Node.
const ui = all.filter(({ layer }) => layer === 'ui').map(({ dir }) => dir);
const rest = all
  .filter(({ layer }) => !PURE_LAYERS.includes(layer) && layer !== 'test' && layer !== 'ui')
  .map(({ dir }) => dir);
const tests = ['**/*.spec.ts', '**/*.sim.ts', '**/*.fuzz.ts', '**/testing/**'];

const programs = {
  pure: { base: 'pure.json', dirs: pure, glob: 'src/**/*.ts', exclude: tests, ambient: true },
  node: { base: 'node.json', dirs: rest, glob: 'src/**/*.ts', exclude: tests },
  spec: { base: 'spec.json', dirs: [...pure, ...rest], glob: 'src/**/*.spec.ts', exclude: [] },
  testkit: { base: 'spec.json', dirs: test, glob: 'src/**/*.ts', exclude: [] },
  ui: { base: 'ui.json', dirs: ui, glob: 'src/**/*', exclude: [] },
  tools: { base: 'spec.json', dirs: ['tools'], glob: '**/*.ts', exclude: ['**/*.d.ts'] },
};

let failed = false;
for (const [name, { base, dirs, glob, exclude, ambient }] of Object.entries(programs)) {
  const up = (path) => relative(out, join(root, path));
  const config = {
    extends: up(`tools/tsconfig/${base}`),
    compilerOptions: { typeRoots: [up('node_modules/@types')] },
    include: [
      ...dirs.map((dir) => up(`${dir}/${glob}`)),
      ...(ambient ? [up('tools/tsconfig/pure-ambient.d.ts')] : []),
    ],
    exclude: exclude.flatMap((pattern) => dirs.map((dir) => up(`${dir}/${pattern}`))),
  };
  const file = join(out, `${name}.json`);
  writeFileSync(file, JSON.stringify(config, null, 2));
  const { status } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', file], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) failed = true;
}
process.exit(failed ? 1 : 0);
