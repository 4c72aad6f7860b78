import { CommandError, textFlag } from '@mesh/cli-kit';
import { defineCommand } from '../command.ts';

const VERSION = '1.8.6';
/** Gossip protocol versions, as `consul version` always told them. */
const PROTOCOL = { Default: 2, Min: 2, Max: 3 };

export const command = defineCommand({
  usage: 'consul version [options]',
  about: 'Prints the version of this program.',
  flags: { format: textFlag('Form of the output: pretty or json.', 'pretty') },
  run({ flags, print }) {
    if (flags.format === 'json') {
      print(
        JSON.stringify({ Version: VERSION, Revision: '', Prerelease: '', RPC: PROTOCOL }, null, 3),
      );
      return 0;
    }
    if (flags.format !== 'pretty') {
      throw new CommandError(`Unknown format: ${flags.format}, accepted are pretty and json`);
    }
    print(`Consul v${VERSION}`);
    const { Default, Min, Max } = PROTOCOL;
    print(
      `Protocol ${Default} spoken by default, understands ${Min} to ${Max} ` +
        `(agent will automatically use protocol >${Default} when speaking to compatible agents)\n`,
    );
    return 0;
  },
});
