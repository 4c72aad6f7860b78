import { base64Decode, utf8Text } from '@mesh/base';
import { boolFlag, CommandError, type Io, textFlag, uintFlag } from '@mesh/cli-kit';
import type { Query } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { readDataArgument } from '../data-argument.ts';
import { kvPath } from '../kv-target.ts';

export const command = defineApiCommand({
  usage: 'consul kv put [options] KEY [DATA]',
  about: `Writes a value under a key. DATA is the value itself, @FILE for the content of
a file, or - for what comes on stdin; without DATA the value is empty.

    $ consul kv put redis/config/connections 5
    $ consul kv put redis/config @config.json
    $ consul kv put -cas -modify-index=844 redis/config/connections 6
    $ consul kv put -base64 binary/key AAEC`,
  connection: 'namespaced',
  flags: {
    acquire: boolFlag('Take the lock on the key for -session; the key is made where it is absent.'),
    base64: boolFlag('DATA is in base64; what is not, is refused and nothing is written.'),
    cas: boolFlag('Write only if the key is still at -modify-index.'),
    flags: uintFlag('Number to keep with the key; its meaning is up to its users.'),
    'modify-index': uintFlag('Index for -cas, as kv get -detailed shows it.'),
    release: boolFlag('Give the lock on the key back, held by -session.'),
    session: textFlag('Session for -acquire and -release.'),
  },
  async run({ flags, args, io, print, api }) {
    const [key, argument] = keyAndData(args);
    const value = await readValue(argument, flags.base64, io);
    if (flags.session === '' && (flags.acquire || flags.release)) {
      throw new CommandError('Error! Missing -session (required with -acquire and -release)');
    }
    if (flags.cas && flags['modify-index'] === 0n) {
      throw new CommandError('Must specify -modify-index with -cas!');
    }
    const mode = flags.cas
      ? { query: { cas: String(flags['modify-index']) }, what: 'Data written to' }
      : flags.acquire
        ? { query: { acquire: flags.session }, what: 'Lock acquired on' }
        : flags.release
          ? { query: { release: flags.session }, what: 'Lock released on' }
          : { query: {}, what: 'Data written to' };
    if (key.startsWith('/')) {
      const problem = `Invalid key. Key must not begin with a '/': ${key}`;
      throw new CommandError(`Error! Failed writing data: ${problem}`);
    }
    const query: Query = {
      ...mode.query,
      flags: flags.flags === 0n ? undefined : String(flags.flags),
    };
    const failure = flags.cas ? `Error! Did not write to ${key}` : 'Error! Failed writing data';
    const answer = await attempt(failure, api().put(kvPath(key), { query, body: value }));
    if (answer.trim() === 'false') throw new CommandError(refusal(flags, key));
    print(`Success! ${mode.what}: ${key}`);
    return 0;
  },
});

function keyAndData(args: readonly string[]): readonly [key: string, data: string] {
  if (args.length === 0) throw new CommandError('Error! Missing KEY argument');
  if (args.length > 2) {
    throw new CommandError(`Error! Too many arguments (expected 1 or 2, got ${args.length})`);
  }
  return [args[0]!, args[1] ?? ''];
}

async function readValue(argument: string, isBase64: boolean, io: Io): Promise<Uint8Array> {
  let data: Uint8Array;
  try {
    data = await readDataArgument(argument, io);
  } catch (error) {
    throw new CommandError(`Error! ${(error as Error).message}`);
  }
  if (!isBase64) return data;
  const decoded = base64Decode(utf8Text(data));
  if (decoded === undefined) {
    throw new CommandError('Error! Cannot base 64 decode data: nothing was written');
  }
  return decoded;
}

function refusal(flags: { readonly cas: boolean; readonly acquire: boolean }, key: string): string {
  if (flags.cas) return `Error! Did not write to ${key}: CAS failed`;
  return flags.acquire ? 'Error! Did not acquire lock' : 'Error! Did not release lock';
}
