/** Bundles the server agent into dist/catalog-server: main.js, and beside it the thread of its log. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const target = join(root, 'dist', 'catalog-server');

/** Where each entry goes; the log's thread is found by this name beside the program. */
const BUNDLES = [
  [join(here, 'src', 'main.ts'), 'main.js'],
  [join(root, 'libs', 'raft-storage', 'src', 'log-worker.ts'), 'raft-log-worker.js'],
];

const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  conditions: ['@mesh/source'],
  external: ['better-sqlite3', '@grpc/grpc-js', '@grpc/proto-loader', 'native-dns'],
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
};

await Promise.all(
  BUNDLES.map(([entry, name]) =>
    build({ ...common, entryPoints: [entry], outfile: join(target, name) }),
  ),
);
