/**
 * Plays seeds: `--first N --count N`, one JSON line each on stdout; `--seed N --trace` plays one with
 * everything that happens. What runs this is tools/simulate.mjs.
 */
import { parseArgs } from 'node:util';
import type { FaultMix } from './cluster/nemesis.ts';
import { runScenario } from './scenario.ts';

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

// Errors are answers here, by the thousand: their stacks are of no use.
Error.stackTraceLimit = values.trace ? 10 : 0;

async function main(): Promise<void> {
  const first = Number(values.seed ?? values.first);
  const count = values.seed === undefined ? Number(values.count) : 1;
  for (let at = 0; at < count; at++) {
    const seed = first + at * Number(values.step);
    const trace = values.trace ? (line: string) => process.stderr.write(`${line}\n`) : undefined;
    let result: object;
    try {
      result = await runScenario(seed, {
        trace,
        focus: values.focus as keyof FaultMix | undefined,
      });
    } catch (error) {
      result = { seed, violation: `crash: ${(error as Error).stack}` };
    }
    process.stdout.write(`${JSON.stringify(result)}\n`);
    const isViolated = (result as { violation?: string }).violation !== undefined;
    if (isViolated && values['stop-at-violation']) return;
  }
}

main();
