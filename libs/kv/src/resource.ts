import type { Resource } from '@mesh/resource';
import { kvApplyEntry } from './commands.ts';
import { kvApply, kvGet, kvList, kvListKeys } from './endpoint.ts';
import { kvPairs, lockDelays } from './table.ts';

/** The key-value store. */
export function kvResource(): Resource {
  return {
    name: 'kv',
    tables: [kvPairs, lockDelays],
    commands: [kvApplyEntry],
    endpoints: [kvApply, kvGet, kvList, kvListKeys],
  };
}
