import { AGENT_KEYS } from './keys/all-keys.ts';
import type { LoadedConfig } from './load-config.ts';

/** What differs between a running and a newly read configuration. */
export interface ReloadDiff {
  readonly services: boolean;
  readonly checks: boolean;
  readonly watches: boolean;
  readonly logLevel: boolean;
  readonly nodeMeta: boolean;
  readonly tokens: boolean;
  readonly tls: boolean;
  readonly dns: boolean;
  readonly limits: boolean;
  readonly discardCheckOutput: boolean;
  /** Changed keys, in the order of the key tables, that take effect at the next start alone. */
  readonly restart: readonly string[];
}

const TLS_KEYS: readonly string[] = ['ca_file', 'ca_path', 'cert_file', 'key_file'];

/**
 * Compares two configurations for a reload. Services and checks count as changed by content,
 * although a reload registers all of them again.
 */
export function diffReload(old: LoadedConfig, next: LoadedConfig): ReloadDiff {
  const changed = AGENT_KEYS.filter(
    (row) => row.settable && !same(old.settings.value(row.name), next.settings.value(row.name)),
  );
  const reloadable = changed.filter((row) => row.reloadable).map((row) => row.name);
  const any = (test: (name: string) => boolean): boolean => reloadable.some(test);
  return {
    services: !same(old.config.services, next.config.services),
    checks: !same(old.config.checks, next.config.checks),
    watches: any((name) => name === 'watches'),
    logLevel: any((name) => name === 'log_level'),
    nodeMeta: any((name) => name === 'node_meta'),
    tokens: any((name) => name.startsWith('acl.tokens.')),
    tls: any((name) => TLS_KEYS.includes(name)),
    dns: any((name) => name.startsWith('dns_config.') || name === 'recursors'),
    limits: any((name) => name.startsWith('limits.')),
    discardCheckOutput: any((name) => name === 'discard_check_output'),
    restart: changed
      .filter((row) => !row.reloadable && row.oldNameOf === '')
      .map((row) => row.name),
  };
}

/** Equal by content; keys of maps in any order. */
function same(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || !left || !right) return false;
  const leftEntries = Object.entries(left);
  const rightMap = new Map(Object.entries(right));
  return (
    Array.isArray(left) === Array.isArray(right) &&
    leftEntries.length === rightMap.size &&
    leftEntries.every(([name, value]) => rightMap.has(name) && same(value, rightMap.get(name)))
  );
}
