import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul catalog datacenters [options]',
  about: 'Lists the known datacenters, nearest first.',
  connection: 'server',
  flags: {},
  async run({ args, print, api }) {
    noArguments(args);
    const names = await attempt(
      'Error listing datacenters',
      api().get<readonly string[]>('/v1/catalog/datacenters'),
    );
    for (const name of names) print(name);
    return 0;
  },
});
