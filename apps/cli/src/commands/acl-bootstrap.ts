import { putRecord } from '../acl/lookup.ts';
import { checkFormat, formatFlag, formatted } from '../acl/output-format.ts';
import type { Token } from '../acl/records.ts';
import { tokenLayout } from '../acl/token-text.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl bootstrap [options]',
  about: `Makes the first token of a cluster: one that may do everything. Works once; keep its
SecretID.

    $ consul acl bootstrap`,
  connection: 'server',
  flags: { format: formatFlag },
  async run({ flags, args, print, api }) {
    noArguments(args);
    checkFormat(flags.format);
    const work = putRecord<Token>(api(), '/v1/acl/bootstrap');
    print(formatted(tokenLayout, await attempt('Failed ACL bootstrapping', work), flags));
    return 0;
  },
});
