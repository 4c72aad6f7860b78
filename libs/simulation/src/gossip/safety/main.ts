/**
 * Plays worlds: `--first N --count N --step N`, one JSON line each on stdout; `--seed N --trace` tells one. What runs
 * this is tools/simulation/gossip-worlds.mjs.
 */
import { parseArgs } from 'node:util';
import type { GossipFault } from './faults.ts';
import { runPoolScenario } from './pool-scenario.ts';

const { values } = parseArgs({
  options: {
    first: { type: 'string', default: '1' },
    count: { type: 'string', default: '1' },
    step: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    focus: { type: 'string' },
    'stop-at-violation': { type: 'boolean', default: false },
  },
});

// What peers say is judged by throwing, by the thousand: the stacks are of no use.
Error.stackTraceLimit = values.trace ? 10 : 0;

const first = Number(values.seed ?? values.first);
const count = values.seed === undefined ? Number(values.count) : 1;
const trace = values.trace ? (line: string) => process.stderr.write(`${line}\n`) : undefined;
const focus = values.focus as GossipFault | undefined;

for (let at = 0; at < count; at++) {
  const seed = first + at * Number(values.step);
  const result = play(seed);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  if (result.violation !== undefined && values['stop-at-violation']) break;
}

function play(seed: number): { readonly seed: number; readonly violation?: string | undefined } {
  try {
    return runPoolScenario(seed, { trace, focus });
  } catch (error) {
    return { seed, violation: `crash: ${(error as Error).stack}` };
  }
}
