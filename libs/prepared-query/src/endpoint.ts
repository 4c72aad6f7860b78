import { type PreparedQuery, queryRoutes } from '@mesh/api-contract';
import { invalid, MeshError, parseDuration } from '@mesh/base';
import type { ReadEndpoint, WriteEndpoint } from '@mesh/resource';
import { requireSessionId } from '@mesh/session';
import {
  mayDelete,
  mayUpdate,
  mayWrite,
  readableExecution,
  readableQueries,
  readableQuery,
} from './access.ts';
import { queryRemove, queryStore, requirePlace } from './commands.ts';
import { allQueries, queryById, resolveQuery, runQuery } from './queries.ts';
import { checkTemplate } from './template.ts';
import type { AskedBy, Execution, NewQuery, QueryRequest } from './types.ts';

/** Stores a new query; answers its id. */
export const queryCreate: WriteEndpoint<QueryRequest, string> = {
  kind: 'write',
  method: 'PreparedQuery.Create',
  acl: queryRoutes.create.acl,
  guard: { check: (authorizer, request) => mayWrite(authorizer, request) },
  prepare: (request, { view, uuid }) => {
    if (request.ID !== '') throw invalid('ID must be empty when creating a new prepared query');
    const query = checked({ ...request, ID: uuid() });
    requirePlace(view, query);
    return { command: queryStore, payload: query };
  },
};

/** Replaces a query. */
export const queryUpdate: WriteEndpoint<QueryRequest, string> = {
  kind: 'write',
  method: 'PreparedQuery.Update',
  acl: queryRoutes.update.acl,
  guard: { check: mayUpdate },
  prepare: (request, { view }) => {
    if (!queryById(view, request.ID)) throw noQuery(request.ID);
    const query = checked({ ...request, ID: request.ID.toLowerCase() });
    requirePlace(view, query);
    return { command: queryStore, payload: query };
  },
};

/** Deletes a query. */
export const queryDelete: WriteEndpoint<{ readonly id: string }, boolean> = {
  kind: 'write',
  method: 'PreparedQuery.Delete',
  acl: queryRoutes.delete.acl,
  guard: { check: mayDelete },
  prepare: ({ id }, { view }) => {
    if (!queryById(view, id)) throw noQuery(id);
    return { command: queryRemove, payload: { id: id.toLowerCase() } };
  },
};

/** All queries. */
export const queryList: ReadEndpoint<Record<string, never>, readonly PreparedQuery[]> = {
  kind: 'read',
  method: 'PreparedQuery.List',
  acl: queryRoutes.list.acl,
  guard: { filter: readableQueries },
  run: (view) => allQueries(view),
};

/** One query. */
export const queryGet: ReadEndpoint<{ readonly id: string }, PreparedQuery | null> = {
  kind: 'read',
  method: 'PreparedQuery.Get',
  acl: queryRoutes.get.acl,
  guard: { filter: readableQuery },
  run: (view, { id }) => queryById(view, id) ?? null,
};

export interface ExecuteArgs extends AskedBy {
  readonly idOrName: string;
  readonly connect: boolean;
}

/** Runs a query. Order is the catalog's; sorting by distance and limits are the asker's. */
export const queryExecute: ReadEndpoint<ExecuteArgs, Execution | null> = {
  kind: 'read',
  method: 'PreparedQuery.Execute',
  acl: queryRoutes.execute.acl,
  guard: { filter: readableExecution },
  run: (view, args, { datacenter }) => {
    const query = resolveQuery(view, args.idOrName, args);
    return query ? { query, result: runQuery(view, query, datacenter, args.connect) } : null;
  },
};

/** The query that a name leads to, filled in. */
export const queryExplain: ReadEndpoint<
  AskedBy & { readonly idOrName: string },
  PreparedQuery | null
> = {
  kind: 'read',
  method: 'PreparedQuery.Explain',
  acl: queryRoutes.explain.acl,
  guard: { filter: readableQuery },
  run: (view, args) => resolveQuery(view, args.idOrName, args) ?? null,
};

function noQuery(id: string): MeshError {
  return new MeshError('not-found', `Cannot modify non-existent prepared query: '${id}'`);
}

function checked(query: NewQuery): NewQuery {
  const { Name, Session, Service, DNS, Template } = query;
  if (Service.Service === '') {
    throw invalid('Invalid prepared query: Must provide a Service name to query');
  }
  if (Name === '' && Session === '' && Template.Type === '') {
    throw invalid('Invalid prepared query: Must be bound to a session, or have a Name');
  }
  if (Session !== '') requireSessionId(Session);
  const ttlMs = DNS.TTL === '' ? 0 : parseDuration(DNS.TTL);
  if (ttlMs === undefined || ttlMs < 0) {
    throw invalid(`Invalid prepared query: Bad DNS TTL '${DNS.TTL}', accepted is such as 10s`);
  }
  if (Service.Failover.NearestN < 0) {
    throw invalid(`Bad NearestN '${Service.Failover.NearestN}', must be >= 0`);
  }
  checkTemplate(query);
  return query;
}
