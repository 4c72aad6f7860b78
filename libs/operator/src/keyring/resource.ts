import { invalid, MeshError } from '@mesh/base';
import type { CallOptions, Resource, Rpc } from '@mesh/resource';
import {
  type KeyringAnswer,
  type KeyringChangeArgs,
  keyringList,
  keyringOperation,
} from './endpoint.ts';
import type { KeyringOperation, KeyringPool, KeyringPools, KeyringReply } from './pools.ts';
import { MAX_RELAY_FACTOR } from './relay-factor.ts';

/** The parts of a server that keyring operations need. Called only while requests are served. */
export interface KeyringParts {
  /** This server's. */
  readonly datacenter: string;
  readonly keyrings: KeyringPools;
  /** False where the WAN pool is off. */
  hasWan(): boolean;
  /** Known datacenters, with or without this server's own. */
  datacenters(): readonly string[];
  /** The way to the servers of other datacenters. */
  rpc(): Pick<Rpc, 'call'>;
}

/** An operation on the pools, or on the local one alone. */
type Task = Omit<KeyringChangeArgs, 'operation'> & { readonly operation: KeyringOperation };

/** Adds the keyrings of gossip encryption to a server. */
export function keyringResource(parts: KeyringParts): Resource {
  return {
    name: 'keyring',
    tables: [],
    commands: [],
    endpoints: [],
    calls: [
      { endpoint: keyringList, run: (args) => operate(parts, listTask(args)) },
      { endpoint: keyringOperation, run: (args) => operate(parts, changeTask(args)) },
    ],
  };
}

/** WAN first, then this datacenter, then the others by name; never rejects. */
async function operate(parts: KeyringParts, task: Task): Promise<readonly KeyringAnswer[]> {
  const { datacenter } = parts;
  if (task.localOnly) return [await inPool(parts, task, 'lan')];
  const others = parts.datacenters().filter((name) => name !== datacenter);
  const answers = await Promise.all([
    ...(parts.hasWan() ? [inPool(parts, task, 'wan')] : []),
    inPool(parts, task, 'lan'),
    ...[...others].sort().map((name) => elsewhere(parts, task, name)),
  ]);
  return answers.flat();
}

async function inPool(
  { keyrings, datacenter }: KeyringParts,
  { operation, key, relayFactor }: Task,
  pool: KeyringPool,
): Promise<KeyringAnswer> {
  const WAN = pool === 'wan';
  try {
    const reply = await keyrings.operate(pool, operation, key, relayFactor);
    const failure = failureOf(reply);
    return {
      ...{ WAN, Datacenter: datacenter, Segment: '' },
      ...(Object.keys(reply.messages).length > 0 && { Messages: byName(reply.messages) }),
      Keys: byName(reply.keys),
      PrimaryKeys: byName(reply.primaryKeys),
      NumNodes: reply.members,
      ...(failure !== undefined && { Error: failure }),
    };
  } catch (thrown) {
    return failed(WAN, datacenter, thrown);
  }
}

/** Sorted by name, as the API shows its maps. */
function byName<T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** It has succeeded only where every member says so. */
function failureOf({ members, answers, messages, failures }: KeyringReply): string | undefined {
  const refused = failures ?? Object.keys(messages).length;
  if (refused > 0) return `${refused}/${members} nodes reported failure`;
  return answers === members ? undefined : `${answers}/${members} nodes reported success`;
}

/** Any server of another datacenter speaks for its LAN pool, and asks no further. */
async function elsewhere(
  parts: KeyringParts,
  { operation, key, relayFactor }: Task,
  datacenter: string,
): Promise<readonly KeyringAnswer[]> {
  const options: CallOptions = { datacenter, token: '', server: 'any' };
  const args = { relayFactor, localOnly: true };
  try {
    const rpc = parts.rpc();
    if (operation === 'list') return await rpc.call(keyringList, args, options);
    return await rpc.call(keyringOperation, { ...args, operation, key }, options);
  } catch (thrown) {
    return [failed(false, datacenter, thrown)];
  }
}

function failed(WAN: boolean, Datacenter: string, thrown: unknown): KeyringAnswer {
  const { message } = MeshError.from(thrown);
  const none = { Keys: {}, PrimaryKeys: {}, NumNodes: 0 };
  return { WAN, Datacenter, Segment: '', ...none, Error: message };
}

function listTask(args: unknown): Task {
  return { ...sharedArgs(args), operation: 'list', key: '' };
}

function changeTask(args: unknown): Task {
  const { operation, key } = (args ?? {}) as Partial<Record<string, unknown>>;
  if (operation !== 'install' && operation !== 'use' && operation !== 'remove') {
    throw invalid('a keyring operation is install, use or remove');
  }
  if (typeof key !== 'string') throw invalid('a gossip key is text in base64');
  return { ...sharedArgs(args), operation, key };
}

function sharedArgs(args: unknown): Pick<Task, 'relayFactor' | 'localOnly'> {
  const { relayFactor, localOnly } = (args ?? {}) as Partial<Record<string, unknown>>;
  if (typeof localOnly !== 'boolean') throw invalid('localOnly is true or false');
  const isFactor = typeof relayFactor === 'number' && Number.isInteger(relayFactor);
  if (!isFactor || relayFactor < 0 || relayFactor > MAX_RELAY_FACTOR) {
    throw invalid(`a relay factor is a whole number from 0 to ${MAX_RELAY_FACTOR}`);
  }
  return { relayFactor, localOnly };
}
