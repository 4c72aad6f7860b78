/** Bundles the DNS front into dist/dns-front/main.js. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');

await build({
  absWorkingDir: root,
  bundle: true,
  entryPoints: [join(here, 'src', 'main.ts')],
  outfile: join(root, 'dist', 'dns-front', 'main.js'),
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  conditions: ['@mesh/source'],
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
});
