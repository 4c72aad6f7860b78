import { CommandError, goJson } from '@mesh/cli-kit';
import { ApiStatusError } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { parseKvPairs } from '../kv-pairs.ts';
import { kvPath, optionalKey } from '../kv-target.ts';

export const command = defineApiCommand({
  usage: 'consul kv export [PREFIX]',
  about: `Prints every key that begins with PREFIX as JSON, for consul kv import.

    $ consul kv export vault/ > vault.json`,
  connection: 'namespaced',
  flags: {},
  async run({ args, print, api }) {
    const prefix = optionalKey(args);
    const what = 'Error querying Consul agent';
    const work = api().call('GET', kvPath(prefix), { query: { recurse: true } });
    const answer = await attempt(what, work);
    const body = answer.body.toString('utf8');
    if (answer.status !== 200 && answer.status !== 404) {
      throw new CommandError(`${what}: ${new ApiStatusError(answer.status, body).message}`);
    }
    const pairs = answer.status === 404 ? [] : parseKvPairs(body);
    const entries = pairs.map((pair) => ({
      key: pair.Key,
      flags: pair.Flags,
      value: pair.Value.toString('base64'),
    }));
    print(goJson(entries, '\t'));
    return 0;
  },
});
