// For txn, server and agent: changes inside a log entry.
export { ensureCheck, ensureNode, ensureService, SERF_HEALTH } from './ensure.ts';
export { deleteCheck, deleteNode, deleteService } from './remove.ts';
export {
  checkKey,
  checks,
  nameKey,
  nodes,
  onNode,
  serviceKey,
  services,
  summaries,
} from './table.ts';
export type {
  CatalogHooks,
  CheckInput,
  MetaFilter,
  NodeInput,
  ServiceInput,
  ServiceRow,
  ServiceSummary,
} from './types.ts';
