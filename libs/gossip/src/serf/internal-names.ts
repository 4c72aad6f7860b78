/** Beginning of the names of queries that serf itself answers; applications never see them. */
export const INTERNAL_PREFIX = '_serf_';

/** Asks only for acks. */
export const PING_QUERY = '_serf_ping';
/** Asks everybody where a member is, by name. */
export const CONFLICT_QUERY = '_serf_conflict';

/** What can be done with the keyrings of all members. */
export type KeyOperation = 'list' | 'install' | 'use' | 'remove';

/** Names of the queries that do it. */
export const KEY_QUERIES: Readonly<Record<KeyOperation, string>> = {
  list: '_serf_list-keys',
  install: '_serf_install-key',
  use: '_serf_use-key',
  remove: '_serf_remove-key',
};
