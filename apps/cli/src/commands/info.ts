import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';

interface AgentSelf {
  readonly Stats: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export const command = defineApiCommand({
  usage: 'consul info [options]',
  about: 'Prints counters and states of the parts of an agent, for its operators.',
  connection: 'agent',
  flags: {},
  async run({ print, api }) {
    const { Stats } = await attempt('Error querying agent', api().get<AgentSelf>('/v1/agent/self'));
    for (const part of Object.keys(Stats).sort()) {
      print(`${part}:`);
      const values = Stats[part]!;
      for (const name of Object.keys(values).sort()) print(`\t${name} = ${values[name]}`);
    }
    return 0;
  },
});
