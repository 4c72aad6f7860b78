import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';

export const command = defineApiCommand({
  usage: 'consul reload',
  about: `Makes the agent read its configuration files again. When they are wrong the
agent goes on as it is, and the reason is printed.`,
  connection: 'agent',
  flags: {},
  async run({ print, api }) {
    await attempt('Error reloading', api().put('/v1/agent/reload'));
    print('Configuration reload triggered');
    return 0;
  },
});
