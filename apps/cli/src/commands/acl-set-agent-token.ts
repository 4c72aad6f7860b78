import { CommandError } from '@mesh/cli-kit';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';

/** Kinds on the command line, and in the path of the API. */
const KINDS: Readonly<Record<string, string>> = {
  default: 'default',
  agent: 'agent',
  master: 'agent_master',
  replication: 'replication',
};

export const command = defineApiCommand({
  usage: 'consul acl set-agent-token [options] default|agent|master|replication TOKEN',
  about: `Sets a token of the agent itself. It is gone after a restart unless the agent has
enable_token_persistence. An empty TOKEN takes it away.

    default      of requests without a token, and of what has no token of its own
    agent        of what the agent does by itself, such as registering its node
    master       gives access to this agent while no server answers
    replication  of copying from the primary datacenter

    $ consul acl set-agent-token agent c4d0f8df-3aba-4ab6-a7a0-35b760dc29a1`,
  connection: 'server',
  flags: {},
  async run({ args, print, api }) {
    const [type, token] = args;
    if (type === undefined) throw new CommandError('Error! Missing TYPE and TOKEN arguments');
    if (token === undefined) throw new CommandError('Error! Missing TOKEN argument');
    if (args.length > 2) {
      throw new CommandError(`Error! Too many arguments (expected 2, got ${args.length})`);
    }
    if (!Object.hasOwn(KINDS, type)) {
      const accepted = Object.keys(KINDS).join(', ');
      throw new CommandError(`Unknown token type ${JSON.stringify(type)} (accepted: ${accepted})`);
    }
    const body = JSON.stringify({ Token: token });
    const work = api().put(`/v1/agent/token/${KINDS[type]}`, { body });
    await attempt(`Failed to set ACL token "${type}"`, work);
    print(`ACL token "${type}" set successfully`);
    return 0;
  },
});
