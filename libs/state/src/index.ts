// For resources.
export type { Table, TableSchema } from './schema.ts';
export { compositeKey, defineTable, KEY_SEPARATOR } from './schema.ts';
export type {
  CommittableTxn,
  Dependencies,
  StateStore,
  StateView,
  TrackingView,
  Watch,
  WriteTxn,
} from './view.ts';
