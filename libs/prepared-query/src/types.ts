import type { PreparedQuery, PreparedQueryResult } from '@mesh/api-contract';

/** A query as it stands in the log: complete, its indexes yet to come. */
export type NewQuery = Omit<PreparedQuery, 'CreateIndex' | 'ModifyIndex'>;

/** What a client sends. */
export type QueryRequest = NewQuery;

/** The only template type. */
export const NAME_PREFIX_MATCH = 'name_prefix_match';

/** Who asks, for templates. */
export interface AskedBy {
  /** Network segment of the agent; "" without segments. */
  readonly segment: string;
}

/** What running a query gives, with the query as it was filled in; null when nothing has the name. */
export interface Execution {
  readonly query: PreparedQuery;
  readonly result: PreparedQueryResult;
}
