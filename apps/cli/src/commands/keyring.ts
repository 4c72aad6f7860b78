import type { KeyringResponse } from '@mesh/api-contract';
import { boolFlag, CommandError, intFlag, textFlag } from '@mesh/cli-kit';
import { type AgentApi, ApiStatusError, type Query } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { UsageError } from '../command.ts';

const PATH = '/v1/operator/keyring';
const MAX_RELAY_FACTOR = 5;

export const command = defineApiCommand({
  usage: 'consul keyring [options]',
  about: `Shows and changes the keys of gossip encryption, on the members of all pools: the
servers of all datacenters, and the agents of each. A key is changed in three steps,
each on all members before the next.

    $ consul keyring -install=KEY
    $ consul keyring -use=KEY
    $ consul keyring -remove=OLD`,
  connection: 'agent',
  flags: {
    install: textFlag('Key to install on all members; none encrypts with it yet.'),
    list: boolFlag('Show the keys of each pool, and how many members have them.'),
    'list-primary': boolFlag('Show the keys that members encrypt with.'),
    'local-only': boolFlag('Ask the LAN pool of the own datacenter alone; for lists only.'),
    'relay-factor': intFlag('Members that relay each answer a second time, 0 to 5.'),
    remove: textFlag('Key to remove from all members; the one in use cannot be.'),
    use: textFlag('Installed key to encrypt with from now on.'),
  },
  async run({ flags, print, api }) {
    const isList = flags.list || flags['list-primary'];
    const actions = [isList, flags.install !== '', flags.use !== '', flags.remove !== ''];
    const asked = actions.filter(Boolean).length;
    if (asked > 1) throw new CommandError('Only a single action is allowed');
    if (asked === 0) throw new UsageError('');
    const relayFactor = flags['relay-factor'];
    if (relayFactor < 0 || relayFactor > MAX_RELAY_FACTOR) {
      throw new CommandError(
        `Error parsing relay factor: Relay factor must be in range: [0, ${MAX_RELAY_FACTOR}]`,
      );
    }
    if (flags['local-only'] && !isList) {
      throw new CommandError(
        'Error validating local-only: local-only can only be set for list requests',
      );
    }
    const query: Query = {
      'relay-factor': relayFactor === 0 ? undefined : String(relayFactor),
      'local-only': flags['local-only'] ? 'true' : undefined,
    };
    const agent = api();
    if (isList) await list(agent, query, flags, print);
    else if (flags.install !== '') {
      print('==> Installing new gossip encryption key...');
      await change(agent, 'POST', flags.install, query);
    } else if (flags.use !== '') {
      print('==> Changing primary gossip encryption key...');
      await change(agent, 'PUT', flags.use, query);
    } else {
      print('==> Removing gossip encryption key...');
      await change(agent, 'DELETE', flags.remove, query);
    }
    return 0;
  },
});

async function list(
  agent: AgentApi,
  query: Query,
  flags: { readonly list: boolean },
  print: (line: string) => void,
): Promise<void> {
  print(`==> Gathering installed ${flags.list ? '' : 'primary '}encryption keys...`);
  const pools = await failing(agent.get<readonly KeyringResponse[]>(PATH, query));
  for (const pool of pools) print(poolText(pool, flags.list ? pool.Keys : pool.PrimaryKeys));
}

async function change(
  agent: AgentApi,
  method: 'PUT' | 'POST' | 'DELETE',
  key: string,
  query: Query,
): Promise<void> {
  const body = JSON.stringify({ Key: key });
  const answer = await failing(agent.call(method, PATH, { query, body }));
  if (answer.status === 200) return;
  await failing(Promise.reject(new ApiStatusError(answer.status, answer.body.toString('utf8'))));
}

async function failing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new CommandError(`error: ${(error as Error).message}`);
  }
}

function poolText(pool: KeyringResponse, keys: Readonly<Record<string, number>> | null): string {
  const segment = pool.Segment === '' ? '' : ` [${pool.Segment}]`;
  const name = (pool.WAN ? 'WAN' : `${pool.Datacenter} (LAN)`) + segment;
  const remarks = Object.entries(pool.Messages ?? {}).map(
    ([member, remark]) => `\n  ===> ${member}: ${remark}`,
  );
  const counts = Object.entries(keys ?? {}).map(
    ([key, members]) => `\n  ${key} [${members}/${pool.NumNodes}]`,
  );
  return `\n${name}:${[...remarks, ...counts].join('')}`;
}
