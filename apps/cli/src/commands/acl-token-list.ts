import { TOKENS } from '../acl/lookup.ts';
import { checkFormat, formatFlag, metaFlag, printList } from '../acl/output-format.ts';
import type { Token } from '../acl/records.ts';
import { tokenListLayout } from '../acl/token-text.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl token list [options]',
  about: `Lists all tokens, without their secrets.

    $ consul acl token list -format=json`,
  connection: 'namespaced',
  flags: { format: formatFlag, meta: metaFlag },
  async run({ flags, args, print, api }) {
    noArguments(args);
    checkFormat(flags.format);
    const work = api().get<readonly Token[] | null>(TOKENS.list);
    const tokens = await attempt('Failed to retrieve the token list', work);
    printList(tokenListLayout, tokens, flags, print);
    return 0;
  },
});
