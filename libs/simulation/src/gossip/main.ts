/**
 * Measures a pool of members in virtual time: `--nodes N --loss PERCENT,PERCENT --seed N`. Prints a table for each
 * loss; exit code 1 when something is outside of what the published behaviour lets expect.
 */
import { parseArgs } from 'node:util';
import type { Measure } from './measure/measure.ts';
import { measurePools } from './measure/pool-measures.ts';

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
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  process.stdout.write(`${nodes} members, ${percent} % of packets lost, seed ${seed}\n`);
  const { measures, virtualMs } = measurePools({
    ...{ nodes, seed, lossRatio: Number(percent) / 100 },
    onMeasure: (measure) => process.stdout.write(`  ${lineOf(measure)}\n`),
  });
  const { user, system } = process.cpuUsage(startedCpu);
  process.stdout.write(
    `  ${(virtualMs / 1000).toFixed(0)} s of the pool in ${((user + system) / 1e6).toFixed(0)} s ` +
      `of processor time, ${((performance.now() - startedMs) / 1000).toFixed(0)} s\n`,
  );
  if (measures.every((measure) => measure.isWithin)) continue;
  isWithin = false;
  const replay = `--nodes ${nodes} --loss ${percent} --seed ${seed}`;
  process.stdout.write(`  replay: npx nx run gossip:simulate -- ${replay}\n`);
}
process.exit(isWithin ? 0 : 1);

function lineOf({ what, value, expected, isWithin: isFine }: Measure): string {
  const verdict = expected === '' ? '' : isFine ? 'within' : 'OUTSIDE';
  return `${what.padEnd(74)} ${value.padEnd(18)} ${verdict.padEnd(8)} ${expected}`.trimEnd();
}
