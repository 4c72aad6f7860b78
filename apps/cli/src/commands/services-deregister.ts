import { CommandError, textFlag } from '@mesh/cli-kit';
import { loadDefinitionFile } from '@mesh/config';
import { encodePath } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';

export const command = defineApiCommand({
  usage: 'consul services deregister [options] [FILE...]',
  about: `Takes services off the agent: those that definition files (.json or .hcl)
contain, or the one with an id. Only what was registered with this agent's API can
be taken off for good; what its configuration files define is back after a reload.

    $ consul services deregister web.json
    $ consul services deregister -id=web`,
  connection: 'namespaced',
  flags: { id: textFlag('Id of the service.') },
  async run({ flags, args, print, api }) {
    if (args.length === 0 && flags.id === '') {
      throw new CommandError('Service deregistration requires at least one argument or -id.');
    }
    if (args.length > 0 && flags.id !== '') {
      throw new CommandError('Service deregistration takes either files or -id, not both.');
    }
    const ids = await attempt('Error', () => (flags.id ? [flags.id] : args.flatMap(readIds)));
    const agent = api();
    for (const id of ids) {
      const work = agent.put(`/v1/agent/service/deregister/${encodePath(id)}`);
      await attempt(`Error deregistering service ${JSON.stringify(id)}`, work);
      print(`Deregistered service: ${id}`);
    }
    return 0;
  },
});

function readIds(file: string): readonly string[] {
  return loadDefinitionFile(file).services.map(({ id, name }) => id || name);
}
