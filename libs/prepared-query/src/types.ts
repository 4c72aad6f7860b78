import type { PreparedQuery } from '@mesh/api-contract';

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
