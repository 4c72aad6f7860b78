/**
 * Lays out what an image of Mesh holds, from a tree that is built: programs, Web UI, launchers, and
 * the packages that are not bundled. `node tools/image/assemble.mjs FOLDER`; anything that was in
 * FOLDER is replaced.
 */
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { root } from '../workspace.mjs';

/** Packages that bundles leave outside: native parts, or files that they look for at run time. */
const EXTERNAL = ['better-sqlite3', '@grpc/grpc-js', '@grpc/proto-loader', 'native-dns'];

const PROGRAMS = ['cli', 'catalog-server', 'client-agent', 'dns-front', 'sidecar-proxy', 'ui'];

/** Sources and documents of packages: nothing at run time reads them. */
const LEFT_OUT = [
  /(^|\/)(deps|src|docs?|test|tests|examples?|\.github)(\/|$)/,
  /\.(md|markdown|map|ts|c|cc|cpp|h|hpp|gyp|gypi|o|a)$/,
  /\/obj(\.target)?(\/|$)|\/test_extension\.node$/,
];

const target = process.argv[2];
if (!target) {
  console.error('usage: node tools/image/assemble.mjs FOLDER');
  process.exit(1);
}
const to = resolve(target);
rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });

for (const program of PROGRAMS) {
  const from = join(root, 'dist', program);
  if (!existsSync(from))
    throw new Error(`dist/${program} is missing: run node tools/build.mjs first`);
  cpSync(from, join(to, 'dist', program), {
    recursive: true,
    filter: (path) => !path.endsWith('.map'),
  });
}
cpSync(join(root, 'tools', 'bin'), join(to, 'tools', 'bin'), { recursive: true });
cpSync(join(root, 'tools', 'image', 'bin'), join(to, 'bin'), { recursive: true });
for (const name of ['mesh-health', 'mesh-entry']) chmodSync(join(to, 'bin', name), 0o755);
for (const folder of dependencyFolders()) {
  cpSync(folder, join(to, relative(root, folder)), {
    recursive: true,
    filter: (path) => isKept(folder, path),
  });
}

function isKept(folder, path) {
  const inside = relative(folder, path).split(sep).join('/');
  // better-sqlite3 compiles to build/Release; its other `src` and `lib` folders hold what is required.
  if (folder.endsWith('better-sqlite3')) return !LEFT_OUT.some((pattern) => pattern.test(inside));
  return !/\.(md|markdown|map|d\.ts)$/.test(inside) && inside !== 'node_modules';
}

/** Folders of the packages outside and of all that they depend on, each as Node would find it. */
function dependencyFolders() {
  const folders = new Set();
  const visit = (name, from) => {
    const folder = find(name, from);
    if (!folder || folders.has(folder)) return;
    folders.add(folder);
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    // Needed while it is installed alone: it downloads the compiled part.
    for (const next of Object.keys(dependencies))
      if (next !== 'prebuild-install') visit(next, folder);
  };
  for (const name of EXTERNAL) visit(name, root);
  return folders;
}

function find(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === root) throw new Error(`package ${name} of ${from} is not installed`);
  }
}
