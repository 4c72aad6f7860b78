import { boolFlag, CommandError, textFlag } from '@mesh/cli-kit';
import { Lookup, pathOf, TOKENS } from '../acl/lookup.ts';
import { checkFormat, formatFlag, formatted, metaFlag } from '../acl/output-format.ts';
import type { Token } from '../acl/records.ts';
import { tokenLayout } from '../acl/token-text.ts';
import type { AgentApi } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl token read [options]',
  about: `Shows a token with its secret, named by accessor or the beginning of it; or, with -self,
the one that the request carries.

    $ consul acl token read -id=986193
    $ consul acl token read -self -format=json`,
  connection: 'namespaced',
  flags: {
    format: formatFlag,
    id: textFlag('Accessor of the token, or the beginning of it; or anonymous.'),
    meta: metaFlag,
    self: boolFlag('Show the token of the request: of -token, or of the environment.'),
  },
  async run({ flags, args, print, api }) {
    noArguments(args);
    checkFormat(flags.format);
    if (flags.id === '' && !flags.self) {
      throw new CommandError('Must specify the -id parameter, or -self');
    }
    if (flags.id !== '' && flags.self) {
      throw new CommandError('Only one of the -id and -self parameters may be given');
    }
    const token = await (flags.self ? selfOf(api()) : tokenOf(api(), flags.id));
    print(formatted(tokenLayout, token, flags));
    return 0;
  },
});

function selfOf(api: AgentApi): Promise<Token> {
  return attempt('Error reading token', api.get<Token>(`${TOKENS.one}/self`));
}

async function tokenOf(api: AgentApi, text: string): Promise<Token> {
  const id = await new Lookup(api, TOKENS).id(text);
  return attempt(`Error reading token "${id}"`, api.get<Token>(pathOf(TOKENS, id)));
}
