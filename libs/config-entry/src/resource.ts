import type { Resource } from '@mesh/resource';
import { entriesReplicate, entryRemove, entryStore } from './commands.ts';
import {
  configEntryApply,
  configEntryDelete,
  configEntryGet,
  configEntryList,
  configEntryReplicate,
  configResolve,
} from './endpoint.ts';
import { configEntries } from './table.ts';

/** Central configuration as a resource of the servers. */
export function configEntryResource(): Resource {
  return {
    name: 'config-entries',
    tables: [configEntries],
    commands: [entryStore, entryRemove, entriesReplicate],
    endpoints: [
      ...[configEntryApply, configEntryDelete, configEntryReplicate],
      ...[configEntryGet, configEntryList, configResolve],
    ],
  };
}
