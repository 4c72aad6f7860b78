/**
 * The fault tests of tools/integration at full length; CI runs them short. Prints a line of results each.
 *   node tools/faults/faults.mjs [leader-kill | crash-loop | large-state | mesh-transfer | mesh-rotation]
 *                                [--times N] [--multiplier N] [--keys N] [--seed N]
 * Without a name all of them: leader kill -9 x20 at raft_multiplier 1 and at the default (5), crash loop
 * x200, 100,000 keys, 1 GiB each way through two sidecars, leaf certificates of a minute renewed ten times.
 * Exit 1 when one fails.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../workspace.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: 'string' },
    multiplier: { type: 'string' },
    keys: { type: 'string' },
    seed: { type: 'string' },
  },
});

/** Name -> the spec that it runs and, per run, what it sets. */
const RUNS = {
  'leader-kill': {
    spec: 'failover',
    settings: (values.multiplier ? [values.multiplier] : ['1', '5']).map((multiplier) => ({
      KILLS: values.times ?? '20',
      MULTIPLIER: multiplier,
    })),
  },
  'crash-loop': { spec: 'crash-loop', settings: [{ CRASHES: values.times ?? '200' }] },
  'large-state': { spec: 'large-state', settings: [{ KEYS: values.keys ?? '100000' }] },
  'mesh-transfer': { spec: 'mesh-transfer', settings: [{ TRANSFER_MIB: '1024' }] },
  'mesh-rotation': {
    spec: 'mesh-rotation',
    settings: [{ LEAF_TTL_S: '60', RENEWALS: values.times ?? '10' }],
  },
};

const names = positionals.length > 0 ? positionals : Object.keys(RUNS);
const unknown = names.find((name) => !RUNS[name]);
if (unknown) {
  console.error(`unknown fault test ${unknown}: ${Object.keys(RUNS).join(', ')}`);
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'mesh-faults-'));
let failed = 0;
for (const name of names) {
  for (const settings of RUNS[name].settings) {
    if (!run(RUNS[name].spec, { ...settings, ...(values.seed && { SEED: values.seed }) })) failed++;
  }
}
rmSync(folder, { recursive: true });
process.exit(failed > 0 ? 1 : 0);

function run(spec, settings) {
  const report = join(folder, `${spec}-${process.hrtime.bigint()}`);
  const env = { ...process.env, MESH_FAULTS_REPORT: report };
  for (const [name, value] of Object.entries(settings)) env[`MESH_FAULTS_${name}`] = value;
  const { status, stdout, stderr } = spawnSync(
    join(root, 'node_modules', '.bin', 'jest'),
    ['--config', 'tools/integration/jest.config.cjs', `/${spec}.spec.ts`],
    { cwd: root, env, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  try {
    process.stdout.write(readFileSync(report, 'utf8'));
  } catch {
    // It failed before it had anything to report.
  }
  if (status === 0) return true;
  console.log(`FAILED: ${spec} ${JSON.stringify(settings)}`);
  process.stderr.write(`${stdout}${stderr}`);
  return false;
}
