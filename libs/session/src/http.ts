import { sessionRoutes } from '@mesh/api-contract';
import { MeshError, utf8Text } from '@mesh/base';
import { compileFilter, type FilterSchema } from '@mesh/filter';
import {
  type BoundRoute,
  implement,
  jsonReply,
  type RequestContext,
  type Rpc,
  readReply,
  textReply,
  type WriteEndpoint,
} from '@mesh/resource';
import { decodeSessionRequest } from './decode.ts';
import {
  requireSessionId,
  sessionDestroy,
  sessionGet,
  sessionList,
  sessionRenew,
  sessionsByNode,
} from './endpoint.ts';
import type { SessionRequest } from './types.ts';

/** What the handlers need. */
export interface SessionHttpDeps {
  readonly rpc: Rpc;
  /** This agent's node: the session's when the body names none. */
  readonly nodeName: string;
  /** Made by sessionCreate with the server's limits. */
  readonly create: WriteEndpoint<SessionRequest, string>;
}

const SCHEMA: FilterSchema = {
  ID: 'string',
  Name: 'string',
  Node: 'string',
  LockDelay: 'number',
  Behavior: 'string',
  TTL: 'string',
  NodeChecks: { list: 'string' },
  CreateIndex: 'number',
  ModifyIndex: 'number',
};

/** Handlers of the session routes. */
export function sessionHttpRoutes(deps: SessionHttpDeps): readonly BoundRoute[] {
  const { rpc } = deps;
  return implement(sessionRoutes, {
    create: async ({ body, writeOptions }) => {
      const request = decodeSessionRequest(jsonOf(body), deps.nodeName);
      return jsonReply({ ID: await rpc.write(deps.create, request, writeOptions) });
    },
    destroy: async (request) => {
      const id = pathParameter(request, 'id', 'session');
      return jsonReply(await rpc.write(sessionDestroy, { id }, request.writeOptions));
    },
    renew: async (request) => {
      const id = pathParameter(request, 'id', 'session');
      const session = await rpc.write(sessionRenew, { id }, request.writeOptions);
      return session ? jsonReply([session]) : textReply(404, `Session id '${id}' not found`);
    },
    info: async (request) => {
      const id = requireSessionId(pathParameter(request, 'id', 'session'));
      const reply = await rpc.read(sessionGet, { id }, request.readOptions);
      return readReply(reply, keep(request, reply.value ? [reply.value] : []));
    },
    node: async (request) => {
      const node = pathParameter(request, 'node', 'node name');
      const reply = await rpc.read(sessionsByNode, { node }, request.readOptions);
      return readReply(reply, keep(request, reply.value));
    },
    list: async (request) => {
      const reply = await rpc.read(sessionList, {}, request.readOptions);
      return readReply(reply, keep(request, reply.value));
    },
  });
}

function keep<T>({ filter }: RequestContext, rows: readonly T[]): readonly T[] {
  return filter === '' ? rows : rows.filter(compileFilter(filter, SCHEMA));
}

function pathParameter({ params }: RequestContext, name: string, what: string): string {
  const value = params[name] ?? '';
  if (value === '') throw new MeshError('invalid-argument', `Missing ${what}`);
  return value;
}

function jsonOf(body: Uint8Array): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(utf8Text(body)) ?? {};
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MeshError('invalid-argument', `Request decode failed: ${why}`, { cause });
  }
}
