import { base64Decode, utf8Text } from '@mesh/base';
import { CommandError } from '@mesh/cli-kit';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { readDataArgument } from '../data-argument.ts';
import { quoteLargeFlags } from '../kv-pairs.ts';
import { kvPath } from '../kv-target.ts';

interface Entry {
  readonly key: string;
  readonly flags: bigint;
  readonly value: Uint8Array;
}

const MAX_FLAGS = 2n ** 64n - 1n;

export const command = defineApiCommand({
  usage: 'consul kv import [DATA]',
  about: `Writes the keys of a JSON text, as consul kv export prints it. DATA is the text
itself, @FILE, or - for stdin. The whole text is checked before the first key is
written.

    $ consul kv import @vault.json
    $ cat vault.json | consul kv import -`,
  connection: 'namespaced',
  flags: {},
  async run({ args, io, print, api }) {
    if (args.length === 0) throw new CommandError('Error! Missing DATA argument');
    if (args.length > 1) {
      throw new CommandError(`Error! Too many arguments (expected 1, got ${args.length})`);
    }
    let text: string;
    try {
      text = utf8Text(await readDataArgument(args[0]!, io));
    } catch (error) {
      throw new CommandError(`Error! ${(error as Error).message}`);
    }
    const entries = await attempt('Cannot unmarshal data', () => parseEntries(text));
    const agent = api();
    for (const { key, flags, value } of entries) {
      const query = { flags: flags === 0n ? undefined : String(flags) };
      const work = agent.put(kvPath(key), { query, body: value });
      await attempt(`Error! Failed writing data for key ${key}`, work);
      print(`Imported: ${key}`);
    }
    return 0;
  },
});

/** Entries of an export. @throws Error naming the first that is wrong */
function parseEntries(text: string): Entry[] {
  const rows: unknown = JSON.parse(quoteLargeFlags(text));
  if (rows === null) return [];
  if (!Array.isArray(rows)) throw new Error('expected a list of keys');
  return rows.map((row: unknown, at) => parseEntry(row, `entry ${at}`));
}

function parseEntry(row: unknown, place: string): Entry {
  if (row === null || typeof row !== 'object' || Array.isArray(row)) {
    throw new Error(`${place}: expected an object`);
  }
  const fields = new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]));
  const key: unknown = fields.get('key');
  if (typeof key !== 'string' || key === '') throw new Error(`${place}: key is missing`);
  if (key.startsWith('/')) throw new Error(`${place}: key must not begin with a '/': ${key}`);
  const value: unknown = fields.get('value') ?? '';
  const bytes = typeof value === 'string' ? base64Decode(value) : undefined;
  if (bytes === undefined) throw new Error(`${place}: value of key ${key} is not base64`);
  const flags = flagsOf(fields.get('flags') ?? 0);
  if (flags === undefined) {
    throw new Error(`${place}: flags of key ${key} are not a number of 64 bits`);
  }
  return { key, flags, value: bytes };
}

function flagsOf(value: unknown): bigint | undefined {
  const isNumber = typeof value === 'number' && Number.isInteger(value) && value >= 0;
  if (!isNumber && !(typeof value === 'string' && /^\d{16,20}$/.test(value))) return undefined;
  const flags = BigInt(value as number | string);
  return flags > MAX_FLAGS ? undefined : flags;
}
