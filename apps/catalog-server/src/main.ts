import { runAgent } from '@mesh/runtime';

/**
 * A server agent as a process of its own: `consul agent -server`, with the same flags and files. Its output
 * is written by then, so nothing that is still open may keep it.
 */
runAgent(['-server', ...process.argv.slice(2)]).then((code) => process.exit(code));
