import { AUTH_METHODS } from '../acl/auth-method.ts';
import { authMethodListLayout } from '../acl/auth-method-text.ts';
import { checkFormat, formatFlag, metaFlag, printList } from '../acl/output-format.ts';
import type { AuthMethod } from '../acl/records.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl auth-method list [options]',
  about: `Lists all auth methods, without their configuration.

    $ consul acl auth-method list -format=json`,
  connection: 'namespaced',
  flags: { format: formatFlag, meta: metaFlag },
  async run({ flags, args, print, api }) {
    noArguments(args);
    checkFormat(flags.format);
    const work = api().get<readonly AuthMethod[] | null>(AUTH_METHODS);
    const methods = await attempt('Failed to retrieve the auth method list', work);
    printList(authMethodListLayout, methods, flags, print);
    return 0;
  },
});
