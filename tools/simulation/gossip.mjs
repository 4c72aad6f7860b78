/**
 * Simulation of gossip: `nx run gossip:simulate -- --nodes 1000 --loss 1,5 --seed 1` measures a pool in virtual
 * time and holds it against the published behaviour of SWIM and Lifeguard; `--worlds 300 [--first 1]` plays
 * small pools with random faults, `--world N [--trace]` one of them, `--mutations` the deliberate bugs, each of
 * which must be caught.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { root } from '../workspace.mjs';
import { GOSSIP_MUTATIONS } from './gossip-mutations.mjs';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '1000' },
    loss: { type: 'string', default: '1,5' },
    seed: { type: 'string', default: '1' },
    worlds: { type: 'string' },
    first: { type: 'string', default: '1' },
    world: { type: 'string' },
    trace: { type: 'boolean', default: false },
    mutations: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});
const out = join(root, 'dist', 'simulation');
const source = join(root, 'libs', 'gossip', 'src');
const workers = Math.max(1, availableParallelism());
/** Worlds that a deliberate bug gets to show itself, and the longest that they may take, milliseconds. */
const MUTATION_WORLDS = 60;
const MUTATION_MS = 60_000;

/** Bundles one of the programs; a mutation changes one file on the way, never on disk. */
async function bundle(program, name, mutation) {
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
    entryPoints: [join(root, 'libs', 'simulation', 'src', 'gossip', program)],
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

async function measure() {
  const file = await bundle('main.ts', 'gossip');
  const { nodes, loss, seed } = values;
  const args = [
    '--max-old-space-size=8192',
    file,
    '--nodes',
    nodes,
    '--loss',
    loss,
    '--seed',
    seed,
  ];
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status === 0;
}

/** Plays worlds in one process; calls back for each. Resolves when the process is over. */
function play(file, args, onResult, timeout = 0) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout,
      killSignal: 'SIGKILL',
    });
    createInterface({ input: child.stdout }).on('line', (line) => onResult(JSON.parse(line)));
    child.on('error', reject);
    child.on('close', resolve);
  });
}

async function playWorlds(first, count) {
  const file = await bundle('safety/main.ts', 'gossip-worlds');
  const totals = { worlds: 0, violations: 0, members: 0, faults: 0, userEvents: 0 };
  const startedMs = Date.now();
  const onResult = (result) => {
    totals.worlds++;
    for (const key of ['members', 'faults', 'userEvents']) totals[key] += result[key] ?? 0;
    if (result.violation === undefined) return;
    totals.violations++;
    console.log(`world ${result.seed}: ${result.violation}`);
    console.log(`  replay: npx nx run gossip:simulate -- --world ${result.seed} --trace`);
  };
  await Promise.all(
    Array.from({ length: Math.min(workers, count) }, (_, worker) => {
      const share = Math.ceil((count - worker) / workers);
      const args = [`--first=${first + worker}`, `--count=${share}`, `--step=${workers}`];
      return play(file, args, onResult);
    }),
  );
  const { worlds, violations, members, faults, userEvents } = totals;
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(0);
  console.log(
    `${worlds} pools of ${members} members, ${faults} faults and ${userEvents} user events in ` +
      `${seconds} s: ${violations} violations`,
  );
  if (worlds < count) console.log(`only ${worlds} of ${count} worlds were played to their end`);
  return violations === 0 && worlds === count;
}

async function playOne(seed) {
  const file = await bundle('safety/main.ts', 'gossip-worlds');
  let isFine = true;
  await play(file, [`--seed=${seed}`, ...(values.trace ? ['--trace'] : [])], (result) => {
    isFine &&= result.violation === undefined;
    console.log(JSON.stringify(result));
  });
  return isFine;
}

async function playMutations() {
  const healthy = await bundle('safety/main.ts', 'gossip-worlds');
  const chosen = GOSSIP_MUTATIONS.filter(({ name }) => name.includes(values.only));
  const queue = chosen.map((mutation, number) => ({ mutation, number }));
  let caught = 0;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const { mutation, number } = next;
        const file = await bundle('safety/main.ts', `gossip-mutation-${number}`, mutation);
        let found;
        const args = ['--first=1', `--count=${MUTATION_WORLDS}`, '--stop-at-violation'];
        const onResult = (result) => {
          if (result.violation !== undefined) found ??= result;
        };
        await play(file, args, onResult, MUTATION_MS);
        let isFine = true;
        // What the same world violates without the bug is not that bug.
        if (found) {
          await play(healthy, [`--seed=${found.seed}`], (result) => {
            isFine &&= result.violation === undefined;
          });
        }
        const isCaught = found !== undefined && isFine;
        if (isCaught) caught++;
        const how = isCaught ? `caught by world ${found.seed}: ${found.violation}` : 'NOT CAUGHT';
        console.log(`${mutation.name}: ${how.split('\n')[0].slice(0, 160)}`);
      }
    }),
  );
  console.log(`${caught} of ${chosen.length} deliberate bugs caught`);
  return caught === chosen.length;
}

function run() {
  if (values.mutations) return playMutations();
  if (values.world !== undefined) return playOne(Number(values.world));
  if (values.worlds !== undefined) return playWorlds(Number(values.first), Number(values.worlds));
  return measure();
}

process.exit((await run()) ? 0 : 1);
