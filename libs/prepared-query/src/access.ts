import type { Authorizer } from '@mesh/acl';
import type { PreparedQuery } from '@mesh/api-contract';
import { readableInstances } from '@mesh/catalog';
import type { StateView } from '@mesh/state';
import { queryById } from './queries.ts';
import { type Execution, NAME_PREFIX_MATCH, type QueryRequest } from './types.ts';

/** Shown in the place of a token that a query runs with. */
const HIDDEN = '<hidden>';

type Owned = Pick<PreparedQuery, 'Name' | 'Template'>;

/**
 * The name that rules of queries speak of. A query without one is found by its id alone: knowing that is
 * the right to it. A template owns the names that begin with its own, even with an empty one.
 */
function ruleName({ Name: name, Template: template }: Owned): string | undefined {
  return name !== '' || template.Type === NAME_PREFIX_MATCH ? name : undefined;
}

/** Whether a query may be written. */
export function mayWrite(authorizer: Authorizer, query: Owned): boolean {
  const name = ruleName(query);
  return name === undefined || authorizer.allows('query', 'write', name);
}

/** What it was and what it becomes must both be allowed. */
export function mayUpdate(authorizer: Authorizer, request: QueryRequest, view: StateView): boolean {
  return mayWrite(authorizer, request) && mayDelete(authorizer, { id: request.ID }, view);
}

/** Of an id that does not exist the endpoint tells itself. */
export function mayDelete(
  authorizer: Authorizer,
  { id }: { readonly id: string },
  view: StateView,
): boolean {
  const existing = queryById(view, id);
  return !existing || mayWrite(authorizer, existing);
}

/** Named queries that may be seen; those without a name are listed for management alone. */
export function readableQueries(
  authorizer: Authorizer,
  found: readonly PreparedQuery[],
): readonly PreparedQuery[] {
  return found
    .filter((query) => {
      const name = ruleName(query);
      return name !== undefined && authorizer.allows('query', 'read', name);
    })
    .map(withoutToken);
}

/** One query. Asked for by name or id: what may not be seen is not there. */
export function readableQuery(
  authorizer: Authorizer,
  query: PreparedQuery | null,
): PreparedQuery | null {
  if (!query) return null;
  const name = ruleName(query);
  const isSeen = name === undefined || authorizer.allows('query', 'read', name);
  return isSeen ? withoutToken(query) : null;
}

/** Instances that may be seen; running a query needs no right to the query itself. */
export function readableExecution(
  authorizer: Authorizer,
  found: Execution | null,
): Execution | null {
  if (!found) return null;
  const { query, result } = found;
  return { query, result: { ...result, Nodes: readableInstances(authorizer, result.Nodes) } };
}

function withoutToken(query: PreparedQuery): PreparedQuery {
  return query.Token === '' ? query : { ...query, Token: HIDDEN };
}
