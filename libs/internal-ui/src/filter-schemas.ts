import { checkFilter, nodeServiceFilter } from '@mesh/catalog';
import type { FilterSchema } from '@mesh/filter';

/** Fields of a UiNode that ?filter= may choose by. */
export const nodeFilter: FilterSchema = {
  ID: 'string',
  Node: 'string',
  Address: 'string',
  TaggedAddresses: { map: 'string' },
  Meta: { map: 'string' },
  Services: { list: { record: nodeServiceFilter } },
  Checks: { list: { record: checkFilter } },
};
