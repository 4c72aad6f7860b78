import { runAgent } from '@mesh/runtime';

/**
 * A client agent as a process of its own: `consul agent`, with the same flags and files. Its output is written
 * by then, so nothing that is still open may keep it.
 */
runAgent(process.argv.slice(2)).then((code) => process.exit(code));
