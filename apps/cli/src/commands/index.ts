import { ACL_COMMANDS } from '../acl/command-rows.ts';
import type { CommandRow } from '../command-row.ts';

export type { CommandRow } from '../command-row.ts';

/**
 * Every command, in the order of its name. A new one is a file in this folder and a row here, or among those of
 * access control.
 */
export const COMMANDS: readonly CommandRow[] = [
  ...ACL_COMMANDS,
  { name: 'agent', synopsis: 'Runs an agent', load: () => import('./agent.ts') },
  {
    name: 'catalog',
    synopsis: 'Lists datacenters, nodes and services',
    about: 'Lists the datacenters, nodes and services that the catalog knows.',
  },
  {
    name: 'catalog datacenters',
    synopsis: 'Lists the known datacenters',
    load: () => import('./catalog-datacenters.ts'),
  },
  {
    name: 'catalog nodes',
    synopsis: 'Lists the nodes of a datacenter',
    load: () => import('./catalog-nodes.ts'),
  },
  {
    name: 'catalog services',
    synopsis: 'Lists the services of a datacenter or node',
    load: () => import('./catalog-services.ts'),
  },
  {
    name: 'config',
    synopsis: 'Manages central configuration entries',
    about: 'Writes, shows, lists and deletes central configuration of services and proxies.',
  },
  {
    name: 'config delete',
    synopsis: 'Deletes a configuration entry',
    load: () => import('./config-delete.ts'),
  },
  {
    name: 'config list',
    synopsis: 'Lists the configuration entries of a kind',
    load: () => import('./config-list.ts'),
  },
  {
    name: 'config read',
    synopsis: 'Shows a configuration entry',
    load: () => import('./config-read.ts'),
  },
  {
    name: 'config write',
    synopsis: 'Writes a configuration entry',
    load: () => import('./config-write.ts'),
  },
  {
    name: 'connect',
    synopsis: 'Works with the service mesh',
    about: 'Runs proxies of the service mesh, and sets up its certificate authority.',
  },
  {
    name: 'connect ca',
    synopsis: "Works with the mesh's certificate authority",
    about: 'Shows and changes how the certificate authority of the mesh is set up.',
  },
  {
    name: 'connect ca get-config',
    synopsis: "Shows the certificate authority's configuration",
    load: () => import('./connect-ca-get-config.ts'),
  },
  {
    name: 'connect ca set-config',
    synopsis: "Changes the certificate authority's configuration",
    load: () => import('./connect-ca-set-config.ts'),
  },
  {
    name: 'connect expose',
    synopsis: 'Lets a service be reached from outside the mesh',
    load: () => import('./connect-expose.ts'),
  },
  {
    name: 'connect proxy',
    synopsis: 'Runs a sidecar proxy',
    load: () => import('./connect-proxy.ts'),
  },
  {
    name: 'debug',
    synopsis: 'Records an archive for debugging',
    later: 'debugging archives',
  },
  { name: 'event', synopsis: 'Sends a user event', load: () => import('./event.ts') },
  {
    name: 'exec',
    synopsis: 'Runs a command on many nodes',
    takesChild: true,
    load: () => import('./exec.ts'),
  },
  {
    name: 'force-leave',
    synopsis: 'Declares a failed member to have left',
    load: () => import('./force-leave.ts'),
  },
  {
    name: 'info',
    synopsis: 'Shows counters and states of an agent',
    load: () => import('./info.ts'),
  },
  {
    name: 'intention',
    synopsis: 'Manages which services may talk',
    about: 'Creates, shows and deletes intentions: which service may connect to which.',
  },
  {
    name: 'intention check',
    synopsis: 'Tells whether a connection is allowed',
    load: () => import('./intention-check.ts'),
  },
  {
    name: 'intention create',
    synopsis: 'Creates an intention',
    load: () => import('./intention-create.ts'),
  },
  {
    name: 'intention delete',
    synopsis: 'Deletes an intention',
    load: () => import('./intention-delete.ts'),
  },
  {
    name: 'intention get',
    synopsis: 'Shows an intention',
    load: () => import('./intention-get.ts'),
  },
  {
    name: 'intention match',
    synopsis: 'Lists the intentions that match a service',
    load: () => import('./intention-match.ts'),
  },
  {
    name: 'join',
    synopsis: 'Makes an agent join a cluster',
    load: () => import('./join.ts'),
  },
  {
    name: 'keygen',
    synopsis: 'Makes a key for gossip encryption',
    load: () => import('./keygen.ts'),
  },
  {
    name: 'keyring',
    synopsis: 'Manages the keys of gossip encryption',
    load: () => import('./keyring.ts'),
  },
  {
    name: 'kv',
    synopsis: 'Reads and writes the key-value store',
    about: 'Reads and writes keys, one by one, by prefix, or many as JSON.',
  },
  {
    name: 'kv delete',
    synopsis: 'Removes a key, or all with a prefix',
    load: () => import('./kv-delete.ts'),
  },
  {
    name: 'kv export',
    synopsis: 'Prints keys with a prefix as JSON',
    load: () => import('./kv-export.ts'),
  },
  {
    name: 'kv get',
    synopsis: 'Prints keys and values',
    load: () => import('./kv-get.ts'),
  },
  {
    name: 'kv import',
    synopsis: 'Writes keys from JSON',
    load: () => import('./kv-import.ts'),
  },
  {
    name: 'kv put',
    synopsis: 'Writes a key',
    load: () => import('./kv-put.ts'),
  },
  {
    name: 'leave',
    synopsis: 'Makes an agent leave and end',
    load: () => import('./leave.ts'),
  },
  {
    name: 'lock',
    synopsis: 'Runs a program while holding a lock',
    takesChild: true,
    load: () => import('./lock.ts'),
  },
  {
    name: 'login',
    synopsis: 'Obtains a token with an auth method',
    load: () => import('./login.ts'),
  },
  {
    name: 'logout',
    synopsis: 'Destroys a token from login',
    load: () => import('./logout.ts'),
  },
  {
    name: 'maint',
    synopsis: 'Switches maintenance of a node or service',
    load: () => import('./maint.ts'),
  },
  {
    name: 'members',
    synopsis: 'Lists the members of the cluster',
    load: () => import('./members.ts'),
  },
  {
    name: 'monitor',
    synopsis: 'Prints the log of an agent as it comes',
    load: () => import('./monitor.ts'),
  },
  {
    name: 'operator',
    synopsis: 'Tools for operators of a cluster',
    about: 'Shows and changes which servers make up the cluster, and how it keeps itself in order.',
  },
  {
    name: 'operator autopilot',
    synopsis: 'Shows and changes the settings of autopilot',
    about:
      'Autopilot gives new servers their vote and takes dead ones out. Shows and changes what it\n' +
      '  goes by.',
  },
  {
    name: 'operator autopilot get-config',
    synopsis: 'Prints the settings of autopilot',
    load: () => import('./operator-autopilot-get-config.ts'),
  },
  {
    name: 'operator autopilot set-config',
    synopsis: 'Changes the settings of autopilot',
    load: () => import('./operator-autopilot-set-config.ts'),
  },
  {
    name: 'operator raft',
    synopsis: 'Shows and changes the Raft configuration',
    about: 'Lists the servers of the Raft configuration, and takes lost ones out.',
  },
  {
    name: 'operator raft list-peers',
    synopsis: 'Lists the servers of the Raft configuration',
    load: () => import('./operator-raft-list-peers.ts'),
  },
  {
    name: 'operator raft remove-peer',
    synopsis: 'Takes a server out of the Raft configuration',
    load: () => import('./operator-raft-remove-peer.ts'),
  },
  {
    name: 'reload',
    synopsis: 'Makes an agent read its configuration again',
    load: () => import('./reload.ts'),
  },
  {
    name: 'rtt',
    synopsis: 'Estimates the round-trip time between nodes',
    load: () => import('./rtt.ts'),
  },
  {
    name: 'services',
    synopsis: 'Registers and deregisters services',
    about: 'Registers services with an agent and deregisters them.',
  },
  {
    name: 'services deregister',
    synopsis: 'Takes services off the agent',
    load: () => import('./services-deregister.ts'),
  },
  {
    name: 'services register',
    synopsis: 'Registers services with the agent',
    load: () => import('./services-register.ts'),
  },
  {
    name: 'snapshot',
    synopsis: 'Saves, restores and inspects server state',
    about: 'Saves all that the servers hold to a file, puts it back, and looks into such files.',
  },
  {
    name: 'snapshot agent',
    synopsis: 'Saves snapshots at intervals',
    later: 'snapshots at intervals',
  },
  {
    name: 'snapshot inspect',
    synopsis: 'Shows what a snapshot file says about itself',
    load: () => import('./snapshot-inspect.ts'),
  },
  {
    name: 'snapshot restore',
    synopsis: 'Restores the state of the servers from a file',
    load: () => import('./snapshot-restore.ts'),
  },
  {
    name: 'snapshot save',
    synopsis: 'Saves the state of the servers to a file',
    load: () => import('./snapshot-save.ts'),
  },
  {
    name: 'tls',
    synopsis: 'Makes CAs and certificates',
    about: 'Makes the CA of a cluster, and certificates for its agents and for the command line.',
  },
  { name: 'tls ca', synopsis: 'Makes CAs', about: 'Makes the CA of a cluster.' },
  {
    name: 'tls ca create',
    synopsis: 'Makes a CA',
    load: () => import('./tls-ca-create.ts'),
  },
  {
    name: 'tls cert',
    synopsis: 'Makes certificates',
    about: 'Makes certificates for agents and for the command line.',
  },
  {
    name: 'tls cert create',
    synopsis: 'Makes a certificate',
    load: () => import('./tls-cert-create.ts'),
  },
  {
    name: 'validate',
    synopsis: 'Checks configuration files',
    load: () => import('./validate.ts'),
  },
  {
    name: 'version',
    synopsis: 'Prints the version',
    load: () => import('./version.ts'),
  },
  {
    name: 'watch',
    synopsis: 'Runs a program at each change',
    takesChild: true,
    load: () => import('./watch.ts'),
  },
];
