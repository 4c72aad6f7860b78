import type { Command } from '../command.ts';

/** One command of the program. A row has a file to load, or is a group, or comes with a later capability. */
export interface CommandRow {
  /** Words after `consul`: `kv get`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly synopsis: string;
  readonly load?: () => Promise<{ readonly command: Command }>;
  /** Of a group: what its subcommands are for. */
  readonly about?: string;
  /** The words behind its own are another program's command line. */
  readonly takesChild?: boolean;
  /** What is missing, with its verb: `access control lists are`. */
  readonly later?: string;
}

/** Every command, in the order of its name. A new one is a file in this folder and a row here. */
export const COMMANDS: readonly CommandRow[] = [
  { name: 'acl', synopsis: "Interact with Consul's ACLs", later: 'access control lists are' },
  { name: 'agent', synopsis: 'Runs a Consul agent', load: () => import('./agent.ts') },
  {
    name: 'catalog',
    synopsis: 'Interact with the catalog',
    about: 'Lists the datacenters, nodes and services that the catalog knows.',
  },
  {
    name: 'catalog datacenters',
    synopsis: 'Lists all known datacenters',
    load: () => import('./catalog-datacenters.ts'),
  },
  {
    name: 'catalog nodes',
    synopsis: 'Lists all nodes in the given datacenter',
    load: () => import('./catalog-nodes.ts'),
  },
  {
    name: 'catalog services',
    synopsis: 'Lists all registered services in a datacenter',
    load: () => import('./catalog-services.ts'),
  },
  { name: 'config', synopsis: 'Interact with config entries', later: 'config entries are' },
  {
    name: 'connect',
    synopsis: 'Interact with Consul Connect',
    later: 'the service mesh is',
  },
  {
    name: 'debug',
    synopsis: 'Records a debugging archive for operators',
    later: 'debugging archives are',
  },
  { name: 'event', synopsis: 'Fire a new event', load: () => import('./event.ts') },
  {
    name: 'exec',
    synopsis: 'Executes a command on Consul nodes',
    later: 'remote execution is',
  },
  {
    name: 'force-leave',
    synopsis: 'Forces a member of the cluster to enter the "left" state',
    load: () => import('./force-leave.ts'),
  },
  {
    name: 'info',
    synopsis: 'Provides debugging information for operators.',
    load: () => import('./info.ts'),
  },
  {
    name: 'intention',
    synopsis: 'Interact with Connect service intentions',
    later: 'intentions are',
  },
  {
    name: 'join',
    synopsis: 'Tell Consul agent to join cluster',
    load: () => import('./join.ts'),
  },
  {
    name: 'keygen',
    synopsis: 'Generates a new encryption key',
    load: () => import('./keygen.ts'),
  },
  {
    name: 'keyring',
    synopsis: 'Manages gossip layer encryption keys',
    later: 'gossip encryption is',
  },
  {
    name: 'kv',
    synopsis: 'Interact with the key-value store',
    about: 'Reads and writes keys, one by one, by prefix, or many as JSON.',
  },
  {
    name: 'kv delete',
    synopsis: 'Removes data from the KV store',
    load: () => import('./kv-delete.ts'),
  },
  {
    name: 'kv export',
    synopsis: 'Exports a tree from the KV store as JSON',
    load: () => import('./kv-export.ts'),
  },
  {
    name: 'kv get',
    synopsis: 'Retrieves or lists data from the KV store',
    load: () => import('./kv-get.ts'),
  },
  {
    name: 'kv import',
    synopsis: 'Imports a tree stored as JSON to the KV store',
    load: () => import('./kv-import.ts'),
  },
  {
    name: 'kv put',
    synopsis: 'Sets or updates data in the KV store',
    load: () => import('./kv-put.ts'),
  },
  {
    name: 'leave',
    synopsis: 'Gracefully leaves the Consul cluster and shuts down',
    load: () => import('./leave.ts'),
  },
  {
    name: 'lock',
    synopsis: 'Execute a command holding a lock',
    takesChild: true,
    load: () => import('./lock.ts'),
  },
  {
    name: 'login',
    synopsis: 'Login to Consul using an auth method',
    later: 'auth methods are',
  },
  {
    name: 'logout',
    synopsis: 'Destroy a Consul token created with login',
    later: 'auth methods are',
  },
  {
    name: 'maint',
    synopsis: 'Controls node or service maintenance mode',
    load: () => import('./maint.ts'),
  },
  {
    name: 'members',
    synopsis: 'Lists the members of a Consul cluster',
    load: () => import('./members.ts'),
  },
  {
    name: 'monitor',
    synopsis: 'Stream logs from a Consul agent',
    load: () => import('./monitor.ts'),
  },
  {
    name: 'operator',
    synopsis: 'Provides cluster-level tools for Consul operators',
    later: 'operator tools are',
  },
  {
    name: 'reload',
    synopsis: 'Triggers the agent to reload configuration files',
    load: () => import('./reload.ts'),
  },
  {
    name: 'rtt',
    synopsis: 'Estimates network round trip time between nodes',
    load: () => import('./rtt.ts'),
  },
  {
    name: 'services',
    synopsis: 'Interact with services',
    about: 'Registers services with an agent and deregisters them.',
  },
  {
    name: 'services deregister',
    synopsis: 'Deregister services with the local agent',
    load: () => import('./services-deregister.ts'),
  },
  {
    name: 'services register',
    synopsis: 'Register services with the local agent',
    load: () => import('./services-register.ts'),
  },
  {
    name: 'snapshot',
    synopsis: 'Saves, restores and inspects snapshots of Consul server state',
    later: 'snapshots are',
  },
  {
    name: 'tls',
    synopsis: 'Builtin helpers for creating CAs and certificates',
    later: 'certificate helpers are',
  },
  {
    name: 'validate',
    synopsis: 'Validate config files/directories',
    load: () => import('./validate.ts'),
  },
  {
    name: 'version',
    synopsis: 'Prints the Consul version',
    load: () => import('./version.ts'),
  },
  {
    name: 'watch',
    synopsis: 'Watch for changes in Consul',
    takesChild: true,
    load: () => import('./watch.ts'),
  },
];
