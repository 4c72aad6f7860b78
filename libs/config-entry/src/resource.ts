import type { Resource } from '@mesh/resource';
import { entryRemove, entryStore } from './commands.ts';
import {
  configEntryApply,
  configEntryDelete,
  configEntryGet,
  configEntryList,
  configResolve,
} from './endpoint.ts';
import { configEntries } from './table.ts';

/** Central configuration as a resource of the servers. */
export function configEntryResource(): Resource {
  return {
    name: 'config-entries',
    tables: [configEntries],
    commands: [entryStore, entryRemove],
    endpoints: [
      ...[configEntryApply, configEntryDelete],
      ...[configEntryGet, configEntryList, configResolve],
    ],
  };
}
