import { CommandError, textFlag } from '@mesh/cli-kit';
import { Lookup, pathOf, putRecord, TOKENS } from '../acl/lookup.ts';
import { checkFormat, formatFlag, formatted } from '../acl/output-format.ts';
import type { Token } from '../acl/records.ts';
import { tokenLayout } from '../acl/token-text.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl token clone -id ID [options]',
  about: `Creates a token with all that another one has, under IDs of its own.

    $ consul acl token clone -id=59f8 -description='Second of its kind'`,
  connection: 'namespaced',
  flags: {
    description: textFlag("Description of the new token; without one, the other's."),
    format: formatFlag,
    id: textFlag('Accessor of the other token, or the beginning of it; or anonymous. Required.'),
  },
  async run({ flags, args, print, api }) {
    noArguments(args);
    checkFormat(flags.format);
    if (flags.id === '') {
      throw new CommandError('Cannot clone a token without specifying the -id parameter');
    }
    const client = api();
    const id = await new Lookup(client, TOKENS).id(flags.id);
    const work = putRecord<Token>(client, `${pathOf(TOKENS, id)}/clone`, {
      Description: flags.description,
    });
    print(formatted(tokenLayout, await attempt(`Error cloning token "${id}"`, work), flags));
    return 0;
  },
});
