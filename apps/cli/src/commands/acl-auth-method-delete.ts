import { CommandError, textFlag } from '@mesh/cli-kit';
import { authMethodPath } from '../acl/auth-method.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl auth-method delete -name NAME [options]',
  about: `Deletes an auth method, with its binding rules and the tokens of its logins.

    $ consul acl auth-method delete -name=minikube`,
  connection: 'namespaced',
  flags: { name: textFlag('Name of the method. Required.') },
  async run({ flags: { name }, args, print, api }) {
    noArguments(args);
    if (name === '') throw new CommandError('Must specify the -name parameter');
    await attempt(`Error deleting auth method "${name}"`, api().delete(authMethodPath(name)));
    print(`Auth-method "${name}" deleted successfully`);
    return 0;
  },
});
