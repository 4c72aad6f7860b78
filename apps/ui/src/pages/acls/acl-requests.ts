import { type ApiAnswer, request } from '../../api/request.ts';

/** Kinds of records, as routes name them. */
export type AclKind = 'token' | 'policy' | 'role' | 'auth-method';

/** Route of one record. */
export function recordPath(kind: AclKind, id: string): string {
  return `/v1/acl/${kind}/${encodeURIComponent(id)}`;
}

/** Creates a record; answers it. */
export function createRecord(dc: string, kind: AclKind, body: object): Promise<ApiAnswer> {
  return request('PUT', `/v1/acl/${kind}`, { query: { dc }, json: body });
}

/** Replaces a record. */
export function updateRecord(
  dc: string,
  kind: AclKind,
  id: string,
  body: object,
): Promise<ApiAnswer> {
  return request('PUT', recordPath(kind, id), { query: { dc }, json: body });
}

/** Deletes a record. */
export function deleteRecord(dc: string, kind: AclKind, id: string): Promise<ApiAnswer> {
  return request('DELETE', recordPath(kind, id), { query: { dc } });
}
