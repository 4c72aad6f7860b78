/** Bundles the client agent into dist/client-agent/main.js. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');

await build({
  absWorkingDir: root,
  bundle: true,
  entryPoints: [join(here, 'src', 'main.ts')],
  outfile: join(root, 'dist', 'client-agent', 'main.js'),
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  conditions: ['@mesh/source'],
  external: ['better-sqlite3', '@grpc/grpc-js', '@grpc/proto-loader', 'native-dns'],
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
});
