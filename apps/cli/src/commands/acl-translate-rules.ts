import { boolFlag, CommandError } from '@mesh/cli-kit';
import { rulesOfLegacyToken, TRANSLATE } from '../acl/legacy-rules.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { readTextArgument } from '../data-argument.ts';

export const command = defineApiCommand({
  usage: 'consul acl translate-rules [options] RULES | @FILE | - | ID',
  about: `Prints rules of before 1.4 in today's syntax: those of the argument, of a file, of
stdin, or of a token of then.

    $ consul acl translate-rules 'key "" { policy = "write" }'
    $ consul acl translate-rules @rules.hcl
    $ consul acl translate-rules -token-accessor 429cd746`,
  connection: 'server',
  flags: {
    'token-accessor': boolFlag('The argument is the accessor of a token, or the beginning of it.'),
    'token-secret': boolFlag('The argument is the secret of a token.'),
  },
  async run({ flags, args, io, print, api }) {
    const [argument] = args;
    if (argument === undefined) throw new CommandError('Missing RULES argument');
    if (args.length > 1) {
      throw new CommandError(`Too many arguments (expected 1, got ${args.length})`);
    }
    if (flags['token-accessor'] && flags['token-secret']) {
      throw new CommandError('Only one of -token-accessor and -token-secret may be given');
    }
    const text = await readTextArgument('Error loading rules', argument, io);
    if (flags['token-accessor'] || flags['token-secret']) {
      print(await rulesOfLegacyToken(api(), { text, isSecret: flags['token-secret'] }));
      return 0;
    }
    if (text.trim() === '') throw new CommandError('There are no rules to translate');
    const work = api().post(TRANSLATE, { body: text });
    print(await attempt('Error translating rules', work));
    return 0;
  },
});
