/**
 * Makes `nx run cli:consul -- ARGS` and the like behave as the program itself: arguments, stdin, stdout and exit code
 * pass through untouched. Nx's own run-commands prints a banner, expands $VARIABLES in arguments and turns
 * every failure into exit code 1; so the program runs here, before Nx starts its tasks, in Nx's place.
 */
const { spawnSync } = require('node:child_process');
const { constants } = require('node:os');
const { join } = require('node:path');

/** Target -> program and its first arguments. */
const PROGRAMS = {
  'cli:consul': [join(__dirname, '..', 'bin', 'consul')],
  'gossip:simulate': [process.execPath, join(__dirname, '..', 'simulation', 'gossip.mjs')],
  'raft:simulate': [process.execPath, join(__dirname, '..', 'simulation', 'run.mjs')],
};

/** Arguments after `run TARGET`, with the one `--` that separates them from Nx's own removed. */
function programArguments(argv, target) {
  const at = argv.indexOf(target);
  if (at < 0) return undefined;
  const rest = argv.slice(at + 1);
  const separator = rest.indexOf('--');
  return separator < 0 ? rest : [...rest.slice(0, separator), ...rest.slice(separator + 1)];
}

function preTasksExecution() {
  for (const [target, [program, ...first]] of Object.entries(PROGRAMS)) {
    const args = programArguments(process.argv.slice(2), target);
    if (!args) continue;
    const { status, signal, error } = spawnSync(program, [...first, ...args], { stdio: 'inherit' });
    if (error) {
      process.stderr.write(`cannot run ${program}: ${error.message}\n`);
      process.exit(1);
    }
    process.exit(signal ? 128 + constants.signals[signal] : status);
  }
}

module.exports = { name: 'nx-passthrough', preTasksExecution };
