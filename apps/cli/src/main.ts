import { processIo } from '@mesh/cli-kit';
import { runProgram } from './program.ts';

/** The `consul` executable. Output is written synchronously, so the process may end at once. */
runProgram(process.argv.slice(2), processIo).then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    processIo.err(`consul: internal error: ${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  },
);
