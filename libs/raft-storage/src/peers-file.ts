import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flag, list, MeshError, record, text } from '@mesh/base';
import type { ServerInfo } from '@mesh/raft';
import { syncFolder } from './durable-folder.ts';

const PEERS = 'peers.json';
const INFO = 'peers.info';
const MAX_BYTES = 1024 * 1024;

const peers = list(
  record({ id: text, address: text, non_voter: flag }, { unknown: 'refuse', snakeCase: false }),
);

/**
 * The servers that `peers.json` in the raft folder names, for recovery when a majority is lost for good;
 * undefined without the file. Throws MeshError `invalid-argument` that says what is wrong with it.
 */
export function readPeersFile(folder: string): ServerInfo[] | undefined {
  const file = join(folder, PEERS);
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw new MeshError('unavailable', `cannot read ${file}: ${(error as Error).message}`);
  }
  try {
    return decodePeers(source);
  } catch (error) {
    throw new MeshError(
      'invalid-argument',
      `${file}: ${(error as Error).message}. Expected is ` +
        '[{"id": "NODE-ID", "address": "HOST:PORT", "non_voter": false}, ...]',
    );
  }
}

function decodePeers(source: string): ServerInfo[] {
  if (source.length > MAX_BYTES) throw new Error(`it has over ${MAX_BYTES} bytes`);
  const rows = peers.decode(JSON.parse(source), '');
  if (!rows || rows.length === 0) throw new Error('it names no server');
  const servers = rows.map(({ id, address, non_voter }, at): ServerInfo => {
    if (id === '') throw new Error(`server ${at + 1} has no id`);
    checkAddress(address, `server ${id}`);
    return { id, address, suffrage: non_voter ? 'non-voter' : 'voter' };
  });
  for (const key of ['id', 'address'] as const) {
    const seen = new Set<string>();
    for (const server of servers) {
      if (seen.has(server[key])) throw new Error(`${key} ${server[key]} is there twice`);
      seen.add(server[key]);
    }
  }
  if (!servers.some(({ suffrage }) => suffrage === 'voter')) throw new Error('it names no voter');
  return servers;
}

function checkAddress(address: string, whose: string): void {
  const port = /^(?:\[[0-9a-fA-F:.%]+\]|[^\s:[\]]+):(\d{1,5})$/.exec(address)?.[1];
  if (port === undefined || Number(port) < 1 || Number(port) > 65535) {
    throw new Error(`the address of ${whose} is ${JSON.stringify(address)} and not HOST:PORT`);
  }
}

/** Removes `peers.json` for good: a recovery happens once. */
export function removePeersFile(folder: string): void {
  rmSync(join(folder, PEERS), { force: true });
  syncFolder(folder);
}

const INFO_TEXT = `This folder may hold a file peers.json, which is for one emergency: so many servers are
lost for good that the rest cannot elect a leader. There is no such file otherwise.

To recover: stop all servers that are left. Put the same peers.json into the raft folder of
each, naming the servers that shall form the cluster:

[
  {
    "id": "adf4238a-882b-9ddc-4a9d-5b6758e4159e",
    "address": "10.1.0.1:8300",
    "non_voter": false
  },
  {
    "id": "8b6dda82-3103-11e7-93ae-92361f002671",
    "address": "10.1.0.2:8300",
    "non_voter": false
  }
]

"id" is what the file node-id in the data folder of that server holds. "address" is its IP
address and its server RPC port. "non_voter" may be left out; a server with true gets the data
and has no vote.

Then start the servers. Each takes over the list, counts all that its own log holds as
committed, and removes the file. What only the lost servers had is lost with them.
`;

/** Writes `peers.info`, which explains peers.json to whoever looks into the raft folder. */
export function writePeersInfo(folder: string): void {
  const file = join(folder, INFO);
  writeFileSync(file, INFO_TEXT, { mode: 0o600 });
}
