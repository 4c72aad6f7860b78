import type { Resource } from '@mesh/resource';
import { queryRemove, queryStore } from './commands.ts';
import {
  queryCreate,
  queryDelete,
  queryExecute,
  queryExplain,
  queryGet,
  queryList,
  queryUpdate,
} from './endpoint.ts';
import { preparedQueries } from './table.ts';

/** Prepared queries. */
export function preparedQueryResource(): Resource {
  return {
    name: 'prepared-query',
    tables: [preparedQueries],
    commands: [queryStore, queryRemove],
    endpoints: [
      queryCreate,
      queryUpdate,
      queryDelete,
      queryList,
      queryGet,
      queryExecute,
      queryExplain,
    ],
  };
}
