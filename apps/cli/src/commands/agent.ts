import type { Command } from '../command.ts';

/**
 * `consul agent`: flags, help and errors are the runtime's own, which this file loads only when asked.
 */
export const command: Command = {
  flags: {},
  help: () => 'Usage: consul agent [options]\n',
  async run(argv) {
    const { runAgent } = await import('@mesh/runtime');
    return runAgent(argv);
  },
};
