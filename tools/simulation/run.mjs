/**
 * Simulation of consensus: `nx run raft:simulate -- --seeds 5000 [--first 1]` plays seeds on all cores,
 * `--seed N [--trace]` one of them, `--mutations [--seeds N]` the deliberate bugs, each of which must be
 * caught. Ends with a line of totals; exit code 1 when anything was violated, or a bug got away.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { root } from '../workspace.mjs';
import { MUTATIONS } from './mutations.mjs';

const out = join(root, 'dist', 'simulation');
const source = join(root, 'libs', 'raft', 'src');

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    first: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    mutations: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});
const workers = Math.max(1, availableParallelism());

/** Bundles the simulation; a mutation changes one file on the way, never on disk. */
async function bundle(name, mutation) {
  const plugin = {
    name: 'mutate',
    setup({ onLoad }) {
      if (!mutation) return;
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (path !== join(source, mutation.file)) return undefined;
        const text = readFileSync(path, 'utf8');
        if (text.split(mutation.find).length !== 2) {
          throw new Error(`${mutation.name}: its text stands not exactly once in ${mutation.file}`);
        }
        return { contents: text.replace(mutation.find, () => mutation.replace), loader: 'ts' };
      });
    },
  };
  mkdirSync(out, { recursive: true });
  const outfile = join(out, `${name}.cjs`);
  await build({
    entryPoints: [join(root, 'libs', 'simulation', 'src', 'main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    conditions: ['@mesh/source'],
    plugins: [plugin],
    logLevel: 'warning',
  });
  return outfile;
}

/** Longest that the seeds of one deliberate bug may take, milliseconds: some make servers spin. */
const MUTATION_MS = 90_000;

/** Plays seeds in one process; calls back for each. Resolves when the process is over. */
function play(file, args, onResult, timeout = 0) {
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', 'pipe', 'inherit'];
    const child = spawn(process.execPath, [file, ...args], {
      stdio,
      timeout,
      killSignal: 'SIGKILL',
    });
    createInterface({ input: child.stdout }).on('line', (line) =>
      onResult(JSON.parse(line), child),
    );
    child.on('error', reject);
    child.on('close', resolve);
  });
}

async function playSeeds(first, count) {
  const file = await bundle('seeds');
  const totals = { seeds: 0, violations: 0, undecided: 0, faults: 0, acknowledged: 0, reads: 0 };
  const startedMs = Date.now();
  const onResult = (result) => {
    totals.seeds++;
    for (const key of ['faults', 'acknowledged', 'reads', 'undecided']) {
      totals[key] += result[key] ?? 0;
    }
    if (result.violation !== undefined) {
      totals.violations++;
      console.log(`seed ${result.seed}: ${result.violation}`);
      console.log(`  replay: npx nx run raft:simulate -- --seed ${result.seed} --trace`);
    }
    if (totals.seeds % 250 === 0) console.log(`${totals.seeds} of ${count} seeds`);
  };
  await Promise.all(
    Array.from({ length: Math.min(workers, count) }, (_, worker) => {
      const share = Math.ceil((count - worker) / workers);
      const args = [`--first=${first + worker}`, `--count=${share}`, `--step=${workers}`];
      return play(file, args, onResult);
    }),
  );
  const { seeds, violations, undecided, faults, acknowledged, reads } = totals;
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(0);
  console.log(
    `${seeds} seeds, ${faults} faults, ${acknowledged} writes and ${reads} reads in ${seconds} s: ` +
      `${violations} violations, ${undecided} histories undecided`,
  );
  if (seeds < count) console.log(`only ${seeds} of ${count} seeds were played to their end`);
  return violations === 0 && undecided === 0 && seeds === count;
}

/** Whether a seed violates nothing: then what it found in a mutation is that bug. */
async function isFine(file, args) {
  let isViolated = false;
  await play(file, args, (result) => {
    isViolated ||= result.violation !== undefined;
  });
  return !isViolated;
}

async function playMutations(maxSeeds) {
  const healthy = await bundle('healthy');
  const chosen = MUTATIONS.filter(({ name }) => name.includes(values.only));
  const queue = chosen.map((mutation, number) => ({ mutation, number }));
  let caught = 0;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const { mutation, number } = next;
        const file = await bundle(`mutation-${number}`, mutation);
        let found;
        const focus = mutation.focus ? [`--focus=${mutation.focus}`] : [];
        const args = ['--first=1', `--count=${maxSeeds}`, '--stop-at-violation', ...focus];
        const onResult = (result) => {
          if (result.violation !== undefined) found ??= result;
        };
        await play(file, args, onResult, MUTATION_MS);
        const isReal = found && (await isFine(healthy, [`--seed=${found.seed}`, ...focus]));
        if (isReal) caught++;
        const by = found && `seed ${found.seed}: ${found.violation}`;
        const how = isReal
          ? `caught by ${by}`
          : `NOT CAUGHT${found ? `, and without it ${by}` : ''}`;
        console.log(`${mutation.name}: ${how.split('\n')[0].slice(0, 160)}`);
      }
    }),
  );
  console.log(`${caught} of ${chosen.length} deliberate bugs caught`);
  return caught === chosen.length;
}

async function playOne(seed) {
  const file = await bundle('one');
  let violated = false;
  const args = [`--seed=${seed}`, ...(values.trace ? ['--trace'] : [])];
  await play(file, args, (result) => {
    violated ||= result.violation !== undefined;
    console.log(JSON.stringify(result));
  });
  return !violated;
}

function run() {
  if (values.mutations) return playMutations(Number(values.seeds ?? 300));
  if (values.seed !== undefined) return playOne(Number(values.seed));
  return playSeeds(Number(values.first), Number(values.seeds ?? 500));
}

process.exit((await run()) ? 0 : 1);
