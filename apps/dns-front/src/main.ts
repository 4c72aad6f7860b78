import { processIo } from '@mesh/cli-kit';
import { command } from './command.ts';

/** DNS of the catalog as a process of its own. Its output is written by then, so nothing still open may keep it. */
command.run(process.argv.slice(2), processIo).then((code) => process.exit(code));
