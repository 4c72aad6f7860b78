// For resources.

// For the server.
export type {
  DumpEnd,
  DumpHeader,
  DumpRecord,
  DumpRow,
  DumpTable,
  DumpTombstone,
} from './dump.ts';
export type { Table, TableSchema } from './schema.ts';
export { compositeKey, defineTable, KEY_SEPARATOR } from './schema.ts';
export { createStateStore } from './store.ts';
export type {
  CommittableTxn,
  Dependencies,
  DumpOptions,
  FinishOptions,
  Restore,
  RestoreOptions,
  StateStore,
  StateView,
  TrackingView,
  Watch,
  WriteTxn,
} from './view.ts';
