/**
 * Measures a pool of members in virtual time: `--nodes N --loss PERCENT,PERCENT --seed N`. Prints a table for each
 * loss; exit code 1 when something is outside of what the published behaviour lets expect.
 */
import { parseArgs } from 'node:util';
import { GossipMeasures, type Measure } from './measures.ts';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '1000' },
    loss: { type: 'string', default: '1,5' },
    seed: { type: 'string', default: '1' },
  },
});

const nodes = Number(values.nodes);
const seed = Number(values.seed);
let isWithin = true;
for (const percent of values.loss.split(',')) {
  const startedMs = Date.now();
  const results = new GossipMeasures({ nodes, lossRatio: Number(percent) / 100, seed }).run();
  const tookS = ((Date.now() - startedMs) / 1000).toFixed(0);
  process.stdout.write(
    `${nodes} members, ${percent} % of packets lost, seed ${seed} (${tookS} s)\n`,
  );
  for (const row of results) process.stdout.write(`  ${lineOf(row)}\n`);
  if (results.every((row) => row.isWithin)) continue;
  isWithin = false;
  const replay = `--nodes ${nodes} --loss ${percent} --seed ${seed}`;
  process.stdout.write(`  replay: npx nx run gossip:simulate -- ${replay}\n`);
}
process.exit(isWithin ? 0 : 1);

function lineOf({ what, value, expected, isWithin: isFine }: Measure): string {
  const verdict = expected === '' ? '' : isFine ? 'within' : 'OUTSIDE';
  return `${what.padEnd(58)} ${value.padEnd(22)} ${verdict.padEnd(8)} ${expected}`.trimEnd();
}
