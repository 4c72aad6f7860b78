import { ACL_KEYS } from './acl-keys.ts';
import { ADDRESS_KEYS } from './address-keys.ts';
import { AUTO_CONFIG_KEYS } from './auto-config-keys.ts';
import { CHECK_KEYS } from './check-keys.ts';
import { CONNECT_KEYS } from './connect-keys.ts';
import { DEFINITION_KEYS } from './definition-keys.ts';
import { DNS_KEYS } from './dns-keys.ts';
import { GOSSIP_KEYS } from './gossip-keys.ts';
import { HTTP_KEYS } from './http-keys.ts';
import { INTERNAL_KEYS } from './internal-keys.ts';
import type { ConfigKey } from './key.ts';
import { LOG_KEYS } from './log-keys.ts';
import { NODE_KEYS } from './node-keys.ts';
import { SERVER_KEYS } from './server-keys.ts';
import { TLS_KEYS } from './tls-keys.ts';

/** Every key of a configuration file, without the fields of service and check definitions. */
export const AGENT_KEYS: readonly ConfigKey[] = [
  ...NODE_KEYS,
  ...ADDRESS_KEYS,
  ...SERVER_KEYS,
  ...GOSSIP_KEYS,
  ...CHECK_KEYS,
  ...DNS_KEYS,
  ...HTTP_KEYS,
  ...LOG_KEYS,
  ...ACL_KEYS,
  ...TLS_KEYS,
  ...CONNECT_KEYS,
  ...AUTO_CONFIG_KEYS,
  ...INTERNAL_KEYS,
];

/** Every key, definitions included: for documentation. */
export const ALL_KEYS: readonly ConfigKey[] = [...AGENT_KEYS, ...DEFINITION_KEYS];

/** Row by name. @throws Error at load when a name stands twice */
export const KEY_BY_NAME: ReadonlyMap<string, ConfigKey> = byName(ALL_KEYS);

function byName(keys: readonly ConfigKey[]): ReadonlyMap<string, ConfigKey> {
  const table = new Map<string, ConfigKey>();
  for (const key of keys) {
    if (table.has(key.name)) throw new Error(`configuration key ${key.name} is declared twice`);
    table.set(key.name, key);
  }
  return table;
}
