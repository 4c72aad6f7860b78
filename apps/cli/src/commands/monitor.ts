import { boolFlag, CommandError, textFlag } from '@mesh/cli-kit';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';

export const command = defineApiCommand({
  usage: 'consul monitor [options]',
  about: `Prints log lines of a running agent as they come, until it is interrupted. The
level is independent of that of the agent's own log.`,
  connection: 'agent',
  flags: {
    'log-json': boolFlag('Lines in JSON.'),
    'log-level': textFlag('Lowest level to print: trace, debug, info, warn or err.', 'INFO'),
  },
  async run({ flags, io, api }) {
    const abort = new AbortController();
    const stopListening = io.onSignal(['SIGINT', 'SIGTERM'], () => abort.abort());
    const query = {
      loglevel: flags['log-level'],
      logjson: flags['log-json'] ? 'true' : undefined,
    };
    const work = api().follow('/v1/agent/monitor', query, (chunk) => io.out(chunk), abort.signal);
    try {
      await attempt('Error starting monitor', work);
    } finally {
      stopListening();
    }
    if (abort.signal.aborted) return 0;
    throw new CommandError(
      '\nRemote side ended the monitor! This usually means that the\n' +
        'remote side has exited or crashed.',
    );
  },
});
