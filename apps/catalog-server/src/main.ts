import { runAgent } from '@mesh/runtime';

/** A server agent as a process of its own: `consul agent -server`, with the same flags and files. */
runAgent(['-server', ...process.argv.slice(2)]).then((code) => {
  process.exitCode = code;
});
