import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul logout [options]',
  about: `Destroys the token of the request, if consul login made it. The token is that of -token,
-token-file or the environment.

    $ consul logout -token-file=consul.token`,
  connection: 'server',
  flags: {},
  async run({ args, api }) {
    noArguments(args);
    await attempt('Error destroying token', api().post('/v1/acl/logout'));
    return 0;
  },
});
