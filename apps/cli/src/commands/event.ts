import { CommandError, textFlag } from '@mesh/cli-kit';
import { compilePattern } from '@mesh/filter';
import { encodePath } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt, UsageError } from '../command.ts';

export const command = defineApiCommand({
  usage: 'consul event [options] [payload]',
  about: `Sends a user event to the agents of a datacenter, with a small payload if
wanted, and prints its id.

    $ consul event -name=deploy -service=web v1.2.3`,
  connection: 'agent',
  flags: {
    name: textFlag('Name of the event.'),
    node: textFlag('Regular expression: only nodes with such names take it.'),
    service: textFlag('Regular expression: only nodes with such services take it.'),
    tag: textFlag('Regular expression: the service must have such a tag; needs -service.'),
  },
  async run({ flags, args, print, api }) {
    const { name, node, service, tag } = flags;
    if (name === '') throw new UsageError('Event name must be specified');
    if (args.length > 1) throw new UsageError('Too many command line arguments.');
    for (const [what, text] of Object.entries({ node, service, tag })) {
      await attempt(`Failed to compile ${what} filter regexp`, () => compilePattern(text));
    }
    if (tag !== '' && service === '') {
      throw new CommandError('Cannot provide tag filter without service filter.');
    }
    const query = {
      node: node || undefined,
      service: service || undefined,
      tag: tag || undefined,
    };
    const path = `/v1/event/fire/${encodePath(name)}`;
    const work = api().put(path, { query, body: args[0] ?? '' });
    const answer = await attempt('Error firing event', work);
    print(`Event ID: ${(JSON.parse(answer) as { ID: string }).ID}`);
    return 0;
  },
});
