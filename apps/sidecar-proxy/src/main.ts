import { processIo } from '@mesh/cli-kit';
import { command } from '../../cli/src/commands/connect-proxy.ts';

/**
 * A sidecar proxy as a process of its own: `consul connect proxy`, with the same flags. Its output is written by
 * then, so nothing that is still open may keep it.
 */
command.run(process.argv.slice(2), processIo).then((code) => process.exit(code));
