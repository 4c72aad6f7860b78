import { CommandError, textFlag } from '@mesh/cli-kit';
import { authMethodPath } from '../acl/auth-method.ts';
import { authMethodLayout } from '../acl/auth-method-text.ts';
import { getIfThere } from '../acl/lookup.ts';
import { checkFormat, formatFlag, formatted, metaFlag } from '../acl/output-format.ts';
import type { AuthMethod } from '../acl/records.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl auth-method read -name NAME [options]',
  about: `Shows an auth method with its configuration.

    $ consul acl auth-method read -name=minikube`,
  connection: 'namespaced',
  flags: {
    format: formatFlag,
    meta: metaFlag,
    name: textFlag('Name of the method. Required.'),
  },
  async run({ flags, args, print, api }) {
    noArguments(args);
    checkFormat(flags.format);
    const { name } = flags;
    if (name === '') throw new CommandError('Must specify the -name parameter');
    const work = getIfThere<AuthMethod>(api(), authMethodPath(name));
    const method = await attempt(`Error reading auth method "${name}"`, work);
    if (!method) throw new CommandError(`Auth method not found with name "${name}"`);
    print(formatted(authMethodLayout, method, flags));
    return 0;
  },
});
