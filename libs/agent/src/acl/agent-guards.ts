import type { Authorizer } from '@mesh/acl';
import type { HealthCheck } from '@mesh/api-contract';
import type { RequestContext } from '@mesh/resource';
import type { LocalState } from '../local-state/local-state.ts';
import type { LocalGuard, LocalGuards } from './guard-routes.ts';

type Body = Readonly<Record<string, unknown>>;

/** Rules that look into bodies and the local state. */
function demands(state: LocalState, nodeName: string) {
  const service = (id: string) => state.service(id)?.service.Service;
  const need = (
    authorizer: Authorizer,
    resource: 'service' | 'node',
    access: 'read' | 'write',
    name: string,
  ) =>
    authorizer.allows(resource, access, name)
      ? undefined
      : `Missing ${resource}:${access} on ${name}`;

  /** Of an instance by its id; one that is not there is for the handler to tell. */
  const byId = (access: 'read' | 'write'): LocalGuard => ({
    check: (authorizer, { params }) => {
      const name = service(params['id'] ?? '');
      return name === undefined ? undefined : need(authorizer, 'service', access, name);
    },
  });
  const byCheck: LocalGuard = {
    check: (authorizer, { params }) => {
      const entry = state.check(params['id'] ?? '');
      if (!entry) return undefined;
      const { ServiceName } = entry.check;
      return ServiceName === ''
        ? need(authorizer, 'node', 'write', nodeName)
        : need(authorizer, 'service', 'write', ServiceName);
    },
  };
  const register: LocalGuard = {
    check: (authorizer, request) => {
      const body = bodyOf(request);
      const name = textOf(body, 'Name') || textOf(body, 'Service');
      const old = service(textOf(body, 'ID') || name);
      const sidecar = (body['Connect'] ?? body['connect']) as Body | null | undefined;
      const own = sidecar && (sidecar['SidecarService'] ?? sidecar['sidecar_service']);
      const other = own ? textOf(own as Body, 'Name') : '';
      for (const each of [name, old ?? '', other]) {
        const why = each === '' ? undefined : need(authorizer, 'service', 'write', each);
        if (why !== undefined) return why;
      }
      return undefined;
    },
  };
  const registerCheck: LocalGuard = {
    check: (authorizer, request) => {
      const body = bodyOf(request);
      const id = textOf(body, 'ServiceID') || textOf(body, 'service_id');
      const old = state.check(
        textOf(body, 'ID') || textOf(body, 'CheckID') || textOf(body, 'Name'),
      );
      const names = [id === '' ? '' : (service(id) ?? id), old?.check.ServiceName ?? ''];
      for (const name of names) {
        const why = name === '' ? undefined : need(authorizer, 'service', 'write', name);
        if (why !== undefined) return why;
      }
      return id === '' ? need(authorizer, 'node', 'write', nodeName) : undefined;
    },
  };
  return { need, byId, byCheck, register, registerCheck };
}

/**
 * Rules of the agent's own routes whose segment stands in the body or in the local state. Names follow the
 * original in what they say: "Missing service:write on web".
 */
export function agentGuards(state: LocalState, nodeName: string): LocalGuards {
  const { need, byId, byCheck, register, registerCheck } = demands(state, nodeName);
  return {
    'GET /v1/agent/services': {
      filter: (authorizer, value) =>
        keepRows(value, (row) => authorizer.allows('service', 'read', String(row['Service']))),
    },
    'GET /v1/agent/service/*id': byId('read'),
    'PUT /v1/agent/service/register': register,
    'PUT /v1/agent/service/deregister/*id': byId('write'),
    'PUT /v1/agent/service/maintenance/*id': byId('write'),
    'GET /v1/agent/health/service/id/*id': byId('read'),
    'GET /v1/agent/health/service/name/*name': {
      check: (authorizer, { params }) => need(authorizer, 'service', 'read', params['name'] ?? ''),
    },
    'GET /v1/agent/checks': {
      filter: (authorizer, value) =>
        keepRows(value, (row) => seesCheck(authorizer, row as unknown as HealthCheck, nodeName)),
    },
    'PUT /v1/agent/check/register': registerCheck,
    'PUT /v1/agent/check/deregister/*id': byCheck,
    'PUT /v1/agent/check/pass/*id': byCheck,
    'PUT /v1/agent/check/warn/*id': byCheck,
    'PUT /v1/agent/check/fail/*id': byCheck,
    'PUT /v1/agent/check/update/*id': byCheck,
    'GET /v1/agent/members': {
      filter: (authorizer, value) =>
        (value as readonly Body[]).filter(({ Name }) =>
          authorizer.allows('node', 'read', String(Name)),
        ),
    },
    'GET /v1/event/list': {
      filter: (authorizer, value) =>
        (value as readonly Body[]).filter(({ Name }) =>
          authorizer.allows('event', 'read', String(Name)),
        ),
    },
    'POST /v1/agent/connect/authorize': {
      check: (authorizer, request) => {
        const target = textOf(bodyOf(request), 'Target');
        return target === '' || authorizer.allows('service', 'write', target) ? undefined : '';
      },
    },
  };
}

/** A body as far as it can be read; what is wrong with it is for the handler to tell. */
function bodyOf({ body }: RequestContext): Body {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Body)
      : {};
  } catch {
    return {};
  }
}

/** A field in any case, as bodies are read. */
function textOf(body: Body, name: string): string {
  const key = Object.keys(body).find((known) => known.toLowerCase() === name.toLowerCase());
  const value = key === undefined ? '' : body[key];
  return typeof value === 'string' ? value : '';
}

function keepRows(value: unknown, keep: (row: Body) => boolean): unknown {
  const out: Record<string, unknown> = Object.create(null);
  for (const [id, row] of Object.entries(value as Record<string, Body>))
    if (keep(row)) out[id] = row;
  return out;
}

function seesCheck(
  authorizer: Authorizer,
  { ServiceName }: HealthCheck,
  nodeName: string,
): boolean {
  return ServiceName === ''
    ? authorizer.allows('node', 'read', nodeName)
    : authorizer.allows('service', 'read', ServiceName);
}
