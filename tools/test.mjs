/**
 * Everything that must hold before code lands: format, lint, layers, house rules, types, unit and
 * simulation tests, then integration tests against real processes. Ends with `N passed, N failed`.
 *   --unit | --simulation | --integration | --static   only that part
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.mjs';

const only = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const wanted = (part) => only.length === 0 || only.includes(`--${part}`);
const bin = (name) => join(root, 'node_modules', '.bin', name);

let passed = 0;
let failed = 0;

function run(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

function step(name, command, args) {
  console.log(`== ${name}`);
  if (run(command, args)) passed++;
  else {
    failed++;
    console.log(`FAILED: ${name}`);
  }
}

/** Steps one after the other, beside those of other lanes; what each prints is shown when it ends. */
async function lane(steps) {
  for (const [name, ...args] of steps) {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    const status = await new Promise((resolve) => child.on('close', resolve));
    console.log(`== ${name}\n${output.trimEnd()}`);
    if (status === 0) passed++;
    else {
      failed++;
      console.log(`FAILED: ${name}`);
    }
  }
}

function jest(name, args) {
  console.log(`== ${name}`);
  const folder = join(root, 'dist', 'test');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  rmSync(file, { force: true });
  run(bin('jest'), [...args, '--json', `--outputFile=${file}`]);
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    failed++;
    return;
  }
  passed += report.numPassedTests;
  failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
}

if (wanted('static')) {
  step('format and lint', bin('biome'), ['ci', '--diagnostic-level=warn', '.']);
  step('layers', bin('depcruise'), ['--config', '.dependency-cruiser.cjs', 'apps', 'libs']);
  step('house rules', process.execPath, ['tools/tidy/tidy.mjs']);
  step('types', process.execPath, ['tools/typecheck.mjs']);
}
if (wanted('unit')) jest('unit', ['--maxWorkers=2']);
if (wanted('simulation')) {
  const simulation = join(root, 'tools', 'simulation', 'run.mjs');
  const gossip = join(root, 'tools', 'simulation', 'gossip.mjs');
  // Simulated time: a busy machine changes nothing but how long they take.
  await Promise.all([
    lane([
      ['consensus in simulation', simulation, '--seeds=500'],
      ['deliberate bugs in consensus', simulation, '--mutations'],
    ]),
    lane([
      ['gossip in simulation', gossip, '--worlds=200'],
      ['gossip as published', gossip, '--nodes=100'],
      ['deliberate bugs in gossip', gossip, '--mutations'],
    ]),
  ]);
}
if (wanted('integration')) {
  step('build', process.execPath, ['tools/build.mjs']);
  jest('integration', ['--config', 'tools/integration/jest.config.cjs']);
}

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
