import { type PreparedQueryResult, queryRoutes } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import { nearestFirst } from '@mesh/coordinate';
import {
  type BoundRoute,
  decodeJsonBody,
  emptyReply,
  implement,
  jsonReply,
  type ReadReply,
  type Reply,
  type RequestContext,
  type Rpc,
  readReply,
  textReply,
} from '@mesh/resource';
import { requireSessionId } from '@mesh/session';
import { queryBody } from './decode.ts';
import {
  queryCreate,
  queryDelete,
  queryExecute,
  queryExplain,
  queryGet,
  queryList,
  queryUpdate,
} from './endpoint.ts';
import type { Execution } from './types.ts';

/** What the handlers need. */
export interface QueryHttpDeps {
  readonly rpc: Rpc;
  /** This agent's node, for Near = `_agent`. */
  readonly nodeName: string;
}

/** Handlers of the prepared query routes. */
export function queryHttpRoutes(deps: QueryHttpDeps): readonly BoundRoute[] {
  const { rpc } = deps;
  return implement(queryRoutes, {
    list: async ({ readOptions }) => readReply(await rpc.read(queryList, {}, readOptions)),
    create: async ({ body, writeOptions }) => {
      const request = decodeJsonBody(body, queryBody);
      return jsonReply({ ID: await rpc.write(queryCreate, request, writeOptions) });
    },
    get: async (request) => {
      const id = requireSessionId(request.params['id'] ?? '');
      const reply = await rpc.read(queryGet, { id }, request.readOptions);
      return reply.value ? readReply(reply, [reply.value]) : notFound();
    },
    update: async ({ params, body, writeOptions }) => {
      const id = requireSessionId(params['id'] ?? '');
      await rpc.write(queryUpdate, { ...decodeJsonBody(body, queryBody), ID: id }, writeOptions);
      return emptyReply();
    },
    delete: async ({ params, writeOptions }) => {
      const id = requireSessionId(params['id'] ?? '');
      await rpc.write(queryDelete, { id }, writeOptions);
      return emptyReply();
    },
    execute: (request) => execute(deps, request),
    explain: async (request) => {
      const args = { idOrName: request.params['id'] ?? '', segment: '' };
      const reply = await rpc.read(queryExplain, args, request.readOptions);
      if (!reply.value) return notFound();
      return readReply(reply, { Query: reply.value, ...metaOf(reply) });
    },
  });
}

async function execute({ rpc, nodeName }: QueryHttpDeps, request: RequestContext): Promise<Reply> {
  const limit = limitOf(request);
  const connect = connectOf(request);
  const args = { idOrName: request.params['id'] ?? '', segment: '', connect };
  const reply = await rpc.read(queryExecute, args, request.readOptions);
  if (!reply.value) return notFound();
  const { query, result } = reply.value;
  const near = request.query.get('near') || query.Service.Near;
  const sorted = near === '' ? undefined : await sortNear(rpc, near, nodeName, result, request);
  const nodes = sorted ?? result.Nodes;
  const Nodes = limit > 0 ? nodes.slice(0, limit) : nodes;
  // An order by distance is not to be kept: it changes with coordinates, which the read does not watch.
  const kept = sorted ? { ...reply, freshness: undefined } : reply;
  return readReply(kept, { ...result, Nodes, ...metaOf(reply) });
}

function sortNear(
  rpc: Rpc,
  near: string,
  nodeName: string,
  { Nodes }: PreparedQueryResult,
  { readOptions }: RequestContext,
): Promise<PreparedQueryResult['Nodes']> {
  const from = near === '_agent' ? nodeName : near;
  return nearestFirst(rpc, from, Nodes, ({ Node }) => Node.Node, readOptions);
}

/** The original repeats the query's metadata in the body. */
function metaOf(reply: ReadReply<Execution | object | null>): object {
  return {
    Index: 0,
    LastContact: reply.lastContactMs,
    KnownLeader: reply.knownLeader,
    ConsistencyLevel: 'leader',
  };
}

function limitOf({ query }: RequestContext): number {
  const text = query.get('limit') ?? '';
  if (text === '') return 0;
  if (!/^\d{1,9}$/.test(text)) throw invalid(`Bad limit: "${text}", accepted is a whole number`);
  return Number(text);
}

function connectOf({ query }: RequestContext): boolean {
  const text = query.get('connect') ?? '';
  if (text === '') return false;
  if (/^(1|t|true)$/i.test(text)) return true;
  if (/^(0|f|false)$/i.test(text)) return false;
  throw invalid(`Error parsing 'connect' value: "${text}", accepted are true and false`);
}

function notFound(): Reply {
  return textReply(404, 'Query not found');
}
