// For clients of files: the CLI reads entries as servers do.
export { decodeEntry, requireKind } from './decode.ts';
export type { ApplyEntry, EntryName } from './endpoint.ts';
export {
  configEntryApply,
  configEntryDelete,
  configEntryList,
  configEntryReplicate,
  configResolve,
  missingEntries,
} from './endpoint.ts';
export { configEntryHttpRoutes } from './http.ts';
export type { ResolvedConfig } from './resolve.ts';
export { configEntryResource } from './resource.ts';
export type { ConfigEntry, ConfigKind, IngressGateway, NewConfigEntry } from './types.ts';
