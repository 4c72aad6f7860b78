import { boolFlag, CommandError, uintFlag } from '@mesh/cli-kit';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { CONFIG, readEntry } from '../config-entry-file.ts';

export const command = defineApiCommand({
  usage: 'consul config write [options] FILE',
  about: `Writes a configuration entry from a file in HCL or JSON, or with - from standard input.

    $ consul config write web.hcl
    $ consul config write -cas -modify-index=12 web.hcl

    Kind     = "service-defaults"
    Name     = "web"
    Protocol = "http"`,
  connection: 'namespaced',
  flags: {
    cas: boolFlag('Write only if the entry is the one of -modify-index; 0: if there is none.'),
    'modify-index': uintFlag('ModifyIndex that the entry must have, with -cas.'),
  },
  async run({ flags, args, print, api, io }) {
    const entry = await readEntry(args, io);
    const name = `${entry.Kind}/${entry.Name}`;
    const query: Record<string, string> = flags.cas ? { cas: String(flags['modify-index']) } : {};
    const work = api().put(CONFIG, { query, body: JSON.stringify(entry) });
    const answer = await attempt(`Error writing config entry ${name}`, work);
    if (answer.trim() !== 'true') throw new CommandError(`Config entry not updated: ${name}`);
    print(`Config entry written: ${name}`);
    return 0;
  },
});
