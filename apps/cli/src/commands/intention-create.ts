import type { Intention } from '@mesh/api-contract';
import { boolFlag, CommandError, mapFlag } from '@mesh/cli-kit';
import type { AgentApi } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt, readFile } from '../command.ts';
import { findIntention, INTENTIONS, intentionLine, parseName } from '../intention-target.ts';

/** What is sent to the agent; of a file any field of the API. */
type Wanted = Partial<Intention> & Pick<Intention, 'SourceName' | 'DestinationName' | 'Action'>;

export const command = defineApiCommand({
  usage: 'consul intention create [options] SRC DST',
  about: `Creates an intention: whether services named SRC may connect to services named
DST, either of them * for all. Allows unless told otherwise.

    $ consul intention create web db
    $ consul intention create -deny web db
    $ consul intention create -meta description="Hello there" web db
    $ consul intention create -replace -allow web db
    $ consul intention create -file intentions.json more.json`,
  connection: 'server',
  flags: {
    allow: boolFlag('Allow the connection; the default.'),
    deny: boolFlag('Deny the connection.'),
    file: boolFlag('The arguments are files, each with one intention as JSON.'),
    meta: mapFlag('Metadata to keep with it, KEY=VALUE. May be given several times.'),
    replace: boolFlag('Replace the intention between the same names, if there is one.'),
  },
  async run({ flags, args, print, api }) {
    if (flags.allow && flags.deny) {
      throw new CommandError('Only one of -allow or -deny may be specified.');
    }
    const action = flags.deny ? 'deny' : 'allow';
    const wanted = flags.file ? fromFiles(args) : [fromNames(args, action, flags.meta)];
    const client = api();
    for (const one of wanted) {
      if (!(flags.replace && (await replaced(client, one)))) {
        const line = intentionLine(one);
        const work = client.post(INTENTIONS, { body: JSON.stringify(one) });
        await attempt(`Error creating intention "${line}"`, work);
        print(`Created: ${line}`);
      }
    }
    return 0;
  },
});

function fromNames(
  args: readonly string[],
  Action: Intention['Action'],
  meta: ReadonlyMap<string, string>,
): Wanted {
  const [source, destination] = args;
  if (args.length !== 2) {
    throw new CommandError('Error: Must specify two arguments: source and destination');
  }
  const from = parseName(source!);
  const to = parseName(destination!);
  return {
    ...{ SourceNS: from.namespace, SourceName: from.name },
    ...{ DestinationNS: to.namespace, DestinationName: to.name },
    ...{ SourceType: 'consul', Action, Meta: Object.fromEntries(meta) },
  };
}

function fromFiles(paths: readonly string[]): readonly Wanted[] {
  if (paths.length === 0) throw new CommandError('Error: -file needs the path of a file');
  return paths.map((path) => {
    let value: unknown;
    try {
      value = JSON.parse(readFile(path).toString('utf8'));
    } catch (error) {
      throw new CommandError(`Error reading file ${path}: ${(error as Error).message}`);
    }
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      throw new CommandError(`Error reading file ${path}: it must hold one intention, an object`);
    }
    return value as Wanted;
  });
}

/** Writes over the intention between the same names; false when there is none. */
async function replaced(api: AgentApi, wanted: Wanted): Promise<boolean> {
  const source = `${wanted.SourceNS ?? 'default'}/${wanted.SourceName}`;
  const destination = `${wanted.DestinationNS ?? 'default'}/${wanted.DestinationName}`;
  const line = intentionLine(wanted);
  const found = findIntention(api, source, destination);
  const existing = await attempt(`Error looking up intention for replacement "${line}"`, found);
  if (!existing) return false;
  const { Hash: _hash, CreateIndex: _created, ModifyIndex: _modified, ...kept } = existing;
  const body = JSON.stringify({ ...kept, ...wanted });
  const work = api.put(`${INTENTIONS}/${existing.ID}`, { body });
  await attempt(`Error replacing intention "${line}"`, work);
  return true;
}
