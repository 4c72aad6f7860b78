/**
 * Measures what the README claims. Starts an agent and, beside it, a yardstick for each row; both sides run
 * in turn and medians are printed.
 *   node tools/bench/bench.mjs [--rounds N] [--only TEXT] [--services N] [--watchers N] [--json FILE]
 * Needs wrk and dnsperf, and for the mesh haproxy and iperf3 (Debian packages of these names).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { requireTool } from './measure.mjs';
import { startAgent } from './processes.mjs';
import { dnsRows } from './rows/dns.mjs';
import { healthService, kvGet, kvPut } from './rows/http.mjs';
import { largeState } from './rows/large-state.mjs';
import { meshRows } from './rows/mesh.mjs';
import { cliWallTime, idle, startUp } from './rows/process.mjs';
import { durablePuts, failover, followerReads } from './rows/raft.mjs';
import { watchers } from './rows/watchers.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    services: { type: 'string', default: '1000' },
    watchers: { type: 'string', default: '10000' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'mesh-bench-'));
const options = {
  rounds: Number(values.rounds),
  services: Number(values.services),
  count: Number(values.watchers),
  seconds: 20,
  folder,
};

/** Groups of rows; each gets an agent of its own where it needs one. */
const GROUPS = {
  'kv-get': (agent) => kvGet(agent, options),
  health: (agent) => healthService(agent, options),
  'kv-put': (agent) => kvPut(agent, options),
  dns: (agent) => dnsRows(agent, options),
  watchers: (agent) => watchers(agent, options),
  cli: (agent) => cliWallTime(agent, options),
  start: () => startUp(options),
  idle: () => idle(options),
  'durable-put': () => durablePuts(options),
  'follower-reads': () => followerReads(options),
  failover: () => failover(options),
  'large-state': () => largeState(options),
  mesh: () => meshRows(options),
};
const WITHOUT_AGENT = new Set([
  ...['start', 'idle', 'durable-put', 'follower-reads', 'failover', 'large-state', 'mesh'],
]);

for (const tool of ['wrk', 'dnsperf']) requireTool(tool);

const rows = [];
for (const [name, measure] of Object.entries(GROUPS)) {
  if (!name.includes(values.only)) continue;
  process.stderr.write(`measuring ${name} ...\n`);
  const agent = WITHOUT_AGENT.has(name) ? undefined : await startAgent();
  try {
    rows.push(...[await measure(agent)].flat());
  } finally {
    await agent?.stop();
  }
}
rmSync(folder, { recursive: true });
print(rows);
if (values.json) writeFileSync(values.json, JSON.stringify(rows, null, 2));

function print(all) {
  const table = [['what', 'ours', 'yardstick', 'ratio', 'wanted', 'verdict'], ...all.map(cells)];
  const widths = table[0].map((_, at) => Math.max(...table.map((row) => row[at].length)));
  for (const row of table) {
    console.log(
      row
        .map((cell, at) => cell.padEnd(widths[at]))
        .join('  ')
        .trimEnd(),
    );
  }
}

function cells({ name, unit, ours, theirs, yardstick, ratio, target, most, limit }) {
  const number = (value) =>
    value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
  const met =
    target !== undefined ? ratio >= target : most !== undefined ? ratio <= most : ours <= limit;
  const wanted =
    target !== undefined ? `>= ${target}` : most !== undefined ? `<= ${most}` : `<= ${limit}`;
  const judged = target !== undefined || most !== undefined || limit !== undefined;
  return [
    name,
    `${number(ours)} ${unit}`,
    theirs === undefined ? '' : `${number(theirs)} ${unit} (${yardstick})`,
    ratio === undefined ? '' : ratio.toFixed(2),
    judged ? wanted : '',
    judged ? (met ? 'met' : 'MISSED') : '',
  ];
}
