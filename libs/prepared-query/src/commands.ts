import type { Session } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import { type ApplyContext, defineCommand } from '@mesh/resource';
import { sessionById } from '@mesh/session';
import type { StateView, WriteTxn } from '@mesh/state';
import { isTemplate, nameOf, preparedQueries } from './table.ts';
import type { NewQuery } from './types.ts';

/** Stores a query, new or in the place of an older one. */
export const queryStore = defineCommand<NewQuery, string>('query.store', (txn, query, context) => {
  // Once more here: between the leader's look and this entry, a name may have been taken.
  requirePlace(txn, query);
  const existing = txn.get(preparedQueries, query.ID);
  txn.put(preparedQueries, {
    ...query,
    CreateIndex: existing?.CreateIndex ?? context.index,
    ModifyIndex: context.index,
  });
  return query.ID;
});

/** Deletes a query; false when there was none. */
export const queryRemove = defineCommand<{ readonly id: string }, boolean>(
  'query.remove',
  (txn, { id }) => txn.delete(preparedQueries, id),
);

/** Throws `invalid-argument` when the name is taken or the session is not there. */
export function requirePlace(view: StateView, query: NewQuery): void {
  const [index, key] = isTemplate(query)
    ? (['template', `=${nameOf(query.Name)}`] as const)
    : (['name', nameOf(query.Name)] as const);
  const isNamed = isTemplate(query) || query.Name !== '';
  if (isNamed && view.getBy(preparedQueries, index, key).some((other) => other.ID !== query.ID)) {
    throw invalid(`name '${query.Name}' aliases an existing query name`);
  }
  if (query.Session !== '' && !sessionById(view, query.Session)) {
    throw invalid(`invalid session "${query.Session}"`);
  }
}

/** Deletes the queries that end with a session: for the server, when a session is gone. */
export function deleteQueriesOfSession(
  txn: WriteTxn,
  _context: ApplyContext,
  session: Session,
): void {
  for (const query of [...txn.getBy(preparedQueries, 'session', session.ID)]) {
    txn.delete(preparedQueries, query.ID);
  }
}
