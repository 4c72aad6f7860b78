/**
 * Builds a lib for publishing: dist/index.mjs and dist/index.cjs, with the private libs that it stands on
 * inside, and dist/types with the declarations of all of them.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { root } from './workspace.mjs';

/**
 * @param {string} name folder below libs/
 * @param {{ inside: string[], external?: string[] }} libs private libs that become part of the package, and
 *   packages that stay what it depends on
 */
export async function buildPackage(name, { inside, external = [] }) {
  const folder = join(root, 'libs', name);
  const dist = join(folder, 'dist');
  rmSync(dist, { recursive: true, force: true });
  const common = {
    entryPoints: [join(folder, 'src', 'index.ts')],
    bundle: true,
    platform: 'neutral',
    target: 'es2022',
    conditions: ['@mesh/source'],
    external,
    sourcemap: 'linked',
    absWorkingDir: root,
    logLevel: 'warning',
  };
  await build({ ...common, format: 'esm', outfile: join(dist, 'index.mjs') });
  await build({ ...common, format: 'cjs', outfile: join(dist, 'index.cjs') });
  buildTypes(name, inside, dist);
}

function buildTypes(name, inside, dist) {
  const types = join(dist, 'types');
  mkdirSync(types, { recursive: true });
  const config = join(dist, 'tsconfig.json');
  writeFileSync(
    config,
    JSON.stringify({
      extends: '../../../tools/tsconfig/node.json',
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        rootDir: '../..',
        outDir: './types',
        typeRoots: ['../../../node_modules/@types'],
        // Not through node_modules: what comes from there counts as foreign and may not be emitted.
        paths: { '@mesh/*': ['../../*/src/index.ts'] },
      },
      files: ['../src/index.ts'],
    }),
  );
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const { status } = spawnSync(tsc, ['-p', config], { stdio: 'inherit' });
  rmSync(config);
  if (status !== 0) throw new Error(`declarations of ${name} failed`);
  for (const lib of readdirSync(types)) {
    if (lib !== name && !inside.includes(lib)) rmSync(join(types, lib), { recursive: true });
  }
  for (const file of readdirSync(types, { recursive: true })) {
    if (file.endsWith('.d.ts')) rewriteImports(join(types, file), types, inside);
  }
}

/** Declarations name each other by relative paths, and by the extension that a reader's compiler expects. */
function rewriteImports(file, types, inside) {
  const text = readFileSync(file, 'utf8').replace(
    /(from |import\()'([^']+)'/g,
    (_match, before, specifier) => {
      const lib = specifier.startsWith('@mesh/') ? specifier.slice('@mesh/'.length) : undefined;
      if (lib !== undefined && inside.includes(lib)) {
        const path = relative(dirname(file), join(types, lib, 'src', 'index.js'));
        return `${before}'${path.startsWith('.') ? path : `./${path}`}'`;
      }
      return `${before}'${specifier.replace(/^(\..*)\.ts$/, '$1.js')}'`;
    },
  );
  writeFileSync(file, text);
}
