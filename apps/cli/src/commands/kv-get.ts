import { boolFlag, CommandError, textFlag } from '@mesh/cli-kit';
import { type AgentApi, ApiStatusError, type Query } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { type ApiKvPair, parseKvPairs } from '../kv-pairs.ts';
import { kvPath, optionalKey } from '../kv-target.ts';

const LABEL_WIDTH = 17;
const NEWLINE = Buffer.from('\n');

export const command = defineApiCommand({
  usage: 'consul kv get [options] [KEY]',
  about: `Prints the value of a key. Exits with 1 when there is no such key; a prefix
without keys is no failure.

    $ consul kv get redis/config/connections
    $ consul kv get -detailed redis/config/connections
    $ consul kv get -recurse redis/
    $ consul kv get -keys -separator= redis/`,
  connection: 'namespaced',
  flags: {
    base64: boolFlag('Print values in base64.'),
    detailed: boolFlag('Print flags, indexes and session of a key besides its value.'),
    keys: boolFlag('List names of keys, up to the next separator behind the prefix.'),
    recurse: boolFlag('Print every key that begins with KEY, each with its value.'),
    separator: textFlag('Text at which -keys cuts names.', '/'),
  },
  async run({ flags, args, io, print, api }) {
    const key = optionalKey(args);
    if (key === '' && !flags.recurse && !flags.keys) {
      throw new CommandError('Error! Missing KEY argument');
    }
    const render = (pair: ApiKvPair) =>
      flags.base64 ? Buffer.from(pair.Value.toString('base64')) : pair.Value;
    if (flags.keys) {
      const separator = flags.separator || undefined;
      const body = await read(api(), key, { keys: true, separator });
      const names = body === undefined ? [] : (JSON.parse(body) as string[]);
      for (const name of names) print(name);
      return 0;
    }
    if (flags.recurse) {
      const body = await read(api(), key, { recurse: true });
      const pairs = body === undefined ? [] : parseKvPairs(body);
      const blocks = pairs.map((pair) =>
        flags.detailed
          ? detailed(pair, render(pair))
          : Buffer.concat([Buffer.from(`${pair.Key}:`), render(pair), NEWLINE]),
      );
      for (const [at, block] of blocks.entries()) {
        io.out(flags.detailed && at > 0 ? Buffer.concat([NEWLINE, block]) : block);
      }
      return 0;
    }
    const body = await read(api(), key, {});
    const pair = body === undefined ? undefined : parseKvPairs(body)[0];
    if (pair === undefined) throw new CommandError(`Error! No key exists at: ${key}`);
    const value = render(pair);
    io.out(flags.detailed ? detailed(pair, value) : Buffer.concat([value, NEWLINE]));
    return 0;
  },
});

/** Body of a KV read; undefined where nothing is. */
async function read(api: AgentApi, key: string, query: Query): Promise<string | undefined> {
  const answer = await attempt(
    'Error querying Consul agent',
    api.call('GET', kvPath(key), { query }),
  );
  const body = answer.body.toString('utf8');
  if (answer.status === 200) return body;
  if (answer.status === 404) return undefined;
  const error = new ApiStatusError(answer.status, body);
  throw new CommandError(`Error querying Consul agent: ${error.message}`);
}

function detailed(pair: ApiKvPair, value: Buffer): Buffer {
  const line = (label: string, text: string | number | bigint) =>
    `${label.padEnd(LABEL_WIDTH)}${text}\n`;
  const head =
    line('CreateIndex', pair.CreateIndex) +
    line('Flags', pair.Flags) +
    line('Key', pair.Key) +
    line('LockIndex', pair.LockIndex) +
    line('ModifyIndex', pair.ModifyIndex) +
    line('Session', pair.Session || '-') +
    'Value'.padEnd(LABEL_WIDTH);
  return Buffer.concat([Buffer.from(head), value, NEWLINE]);
}
