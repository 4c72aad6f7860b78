/**
 * Damaged gossip for every decoder of the wire: `node tools/fuzz/gossip.mjs [--packets 1000000] [--seed 1]`, on all
 * cores. Ends with a line of totals; exit code 1 when a decoder threw what it must not, took too long, or memory grew.
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { root } from '../workspace.mjs';

const { values } = parseArgs({
  options: {
    packets: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
  },
});

/** Longest that one input may take, milliseconds, on a busy machine. */
const MAX_INPUT_MS = 1000;
/** Most that may be in use between two inputs, garbage included. */
const MAX_HEAP_MIB = 512;

const gossip = join(root, 'libs', 'gossip');
const folder = join(root, 'dist', 'fuzz');
const outfile = join(folder, 'gossip.cjs');
mkdirSync(folder, { recursive: true });
await build({
  entryPoints: [join(gossip, 'src', 'testing', 'fuzz-main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  conditions: ['@mesh/source'],
  logLevel: 'warning',
});

async function play(seed, packets) {
  const args = [outfile, `--testdata=${join(gossip, 'testdata')}`, `--seed=${seed}`];
  const child = spawn(process.execPath, [...args, `--packets=${packets}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = await text(child.stdout);
  return output === '' ? { inputs: 0, error: 'it ended without a result' } : JSON.parse(output);
}

const first = Number(values.seed);
const wanted = Number(values.packets);
const workers = Math.max(1, Math.min(availableParallelism(), wanted));
const startedMs = Date.now();
const results = await Promise.all(
  Array.from({ length: workers }, (_, worker) =>
    play(first + worker, Math.ceil((wanted - worker) / workers)),
  ),
);
const seconds = ((Date.now() - startedMs) / 1000).toFixed(0);
const sum = (key) => results.reduce((total, result) => total + (result[key] ?? 0), 0);
const largest = (key) => Math.max(...results.map((result) => result[key] ?? 0));

const slowest = results.find((result) => (result.worstMs ?? 0) === largest('worstMs'));
const errors = results.flatMap(({ error }, worker) =>
  error === undefined ? [] : [`seed ${first + worker}: ${error}`],
);
for (const error of errors) console.log(error);
console.log(
  `${sum('inputs')} inputs (${(sum('bytes') / 2 ** 20).toFixed(0)} MiB) in ${seconds} s: ` +
    `${sum('accepted')} accepted, ${errors.length} errors, longest ${largest('worstMs').toFixed(0)} ms ` +
    `(${slowest.worst}), at most ${largest('peakHeapMib').toFixed(0)} MiB in use`,
);
const isFine = largest('worstMs') <= MAX_INPUT_MS && largest('peakHeapMib') <= MAX_HEAP_MIB;
process.exit(errors.length === 0 && isFine && sum('inputs') >= wanted ? 0 : 1);
