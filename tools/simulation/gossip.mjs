/**
 * Simulation of gossip: `nx run gossip:simulate -- --nodes 1000 --loss 1,5 --seed 1` measures a pool in virtual
 * time and holds it against the published behaviour of SWIM and Lifeguard.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../workspace.mjs';

const out = join(root, 'dist', 'simulation');
mkdirSync(out, { recursive: true });
const outfile = join(out, 'gossip.cjs');
await build({
  entryPoints: [join(root, 'libs', 'simulation', 'src', 'gossip', 'main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  conditions: ['@mesh/source'],
  logLevel: 'warning',
});
const args = ['--max-old-space-size=8192', outfile, ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
process.exit(status ?? 1);
