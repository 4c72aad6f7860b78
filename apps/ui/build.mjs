/**
 * Builds the Web UI into dist/ui: index.html and assets with hashed names, each with a gzip and a brotli copy
 * where that is smaller. Pages are loaded when they are first shown.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const target = join(root, 'dist', 'ui');
// Built beside its place and moved there: an agent that starts meanwhile finds a whole build.
const fresh = join(root, 'dist', `ui.${process.pid}`);

try {
  mkdirSync(fresh, { recursive: true });
  const { metafile } = await build({
    entryPoints: [join(here, 'src', 'main.tsx')],
    outdir: fresh,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
    conditions: ['@mesh/source'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    entryNames: 'assets/[name]-[hash]',
    chunkNames: 'assets/[name]-[hash]',
    assetNames: 'assets/[name]-[hash]',
    loader: { '.svg': 'file' },
    absWorkingDir: root,
    minify: true,
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  const entry = Object.entries(metafile.outputs).find(([, { entryPoint }]) =>
    entryPoint?.endsWith('src/main.tsx'),
  );
  const inFresh = (path) => relative(fresh, join(root, path));
  const page = readFileSync(join(here, 'src', 'index.html'), 'utf8')
    .replaceAll('%SCRIPT%', inFresh(entry[0]))
    .replaceAll('%STYLE%', inFresh(entry[1].cssBundle));
  writeFileSync(join(fresh, 'index.html'), page);
  compress(join(fresh, 'assets'));
  replaceFolder();
} catch (error) {
  rmSync(fresh, { recursive: true, force: true });
  process.stderr.write(`building the UI failed: ${error.message}\n`);
  process.exit(1);
}

/** Where another build was first, its result stays. */
function replaceFolder() {
  rmSync(target, { recursive: true, force: true });
  try {
    renameSync(fresh, target);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    rmSync(fresh, { recursive: true, force: true });
  }
}

function compress(folder) {
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name));
    for (const [extension, packed] of [
      ['gz', gzipSync(bytes, { level: 9 })],
      ['br', brotliCompressSync(bytes)],
    ]) {
      if (packed.length < bytes.length) writeFileSync(join(folder, `${name}.${extension}`), packed);
    }
  }
}
