import { boolFlag, CommandError, textFlag } from '@mesh/cli-kit';
import { validateConfigFiles } from '@mesh/config';
import { attempt, defineCommand } from '../command.ts';

export const command = defineCommand({
  usage: 'consul validate [options] FILE_OR_DIRECTORY...',
  about: `Checks configuration files by the rules that an agent applies at its start. A
folder stands for the files in it.

    $ consul validate /etc/consul.d`,
  flags: {
    'config-format': textFlag('Format of all files whatever their names: json or hcl.'),
    quiet: boolFlag('Print nothing when all is well.'),
  },
  async run({ flags, args, print, complain }) {
    if (args.length === 0) {
      throw new CommandError('Must specify at least one config file or directory');
    }
    const format = flags['config-format'];
    if (format !== '' && format !== 'json' && format !== 'hcl') {
      throw new CommandError('-config-format supports "hcl" or "json"');
    }
    const warnings = await attempt('Config validation failed', () =>
      validateConfigFiles(args, format),
    );
    if (flags.quiet) return 0;
    for (const warning of warnings) complain(`WARNING: ${warning}`);
    print('Configuration is valid!');
    return 0;
  },
});
