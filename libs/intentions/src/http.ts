import { type Intention, intentionRoutes } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import { compileFilter, type FilterSchema } from '@mesh/filter';
import {
  type BoundRoute,
  decodeJsonBody,
  emptyReply,
  implement,
  jsonReply,
  type QueryParameters,
  type ReadReply,
  type Reply,
  type RequestContext,
  type Rpc,
  readReply,
  textReply,
} from '@mesh/resource';
import { intentionBody } from './decode.ts';
import {
  intentionCheck,
  intentionCreate,
  intentionDelete,
  intentionDeletePair,
  intentionGet,
  intentionGetPair,
  intentionList,
  intentionMatch,
  intentionUpdate,
  intentionUpsert,
  requireIntentionId,
} from './endpoint.ts';
import { type IntentionPair, type MatchBy, qualifiedName } from './types.ts';

/** What the handlers need. */
export interface IntentionHttpDeps {
  readonly rpc: Rpc;
}

/** Names that one match may ask for. */
const MAX_NAMES = 256;

const SCHEMA: FilterSchema = {
  ID: 'string',
  Description: 'string',
  SourceNS: 'string',
  SourceName: 'string',
  DestinationNS: 'string',
  DestinationName: 'string',
  SourceType: 'string',
  Action: 'string',
  Meta: { map: 'string' },
  Precedence: 'number',
  CreateIndex: 'number',
  ModifyIndex: 'number',
};

/** Handlers of the intention routes. */
export function intentionHttpRoutes({ rpc }: IntentionHttpDeps): readonly BoundRoute[] {
  return implement(intentionRoutes, {
    list: async ({ readOptions, filter }) => {
      const reply = await rpc.read(intentionList, {}, readOptions);
      const rows = filter === '' ? reply.value : reply.value.filter(compileFilter(filter, SCHEMA));
      return readReply(reply, rows);
    },
    create: async ({ body, writeOptions }) => {
      const request = decodeJsonBody(body, intentionBody);
      return jsonReply({ ID: await rpc.write(intentionCreate, request, writeOptions) });
    },
    match: async ({ query, readOptions }) => {
      const args = { by: matchBy(query), names: matchNames(query) };
      const reply = await rpc.read(intentionMatch, args, readOptions);
      return readReply(reply, reply.value);
    },
    check: async ({ query, readOptions }) => {
      const type = query.get('source-type');
      if (type && type !== 'consul') {
        throw invalid(`unsupported SourceType: "${type}", accepted is consul`);
      }
      const reply = await rpc.read(intentionCheck, pairOf(query), readOptions);
      return readReply(reply, { Allowed: reply.value });
    },
    exactGet: async ({ query, readOptions }) =>
      found(await rpc.read(intentionGetPair, pairOf(query), readOptions)),
    exactSet: async ({ query, body, writeOptions }) => {
      const request = decodeJsonBody(body, intentionBody);
      await rpc.write(intentionUpsert, { ...request, ...names(pairOf(query)) }, writeOptions);
      return jsonReply(true);
    },
    exactDelete: async ({ query, writeOptions }) => {
      await rpc.write(intentionDeletePair, pairOf(query), writeOptions);
      return emptyReply();
    },
    get: async (request) => {
      const id = requireIntentionId(idOf(request));
      return found(await rpc.read(intentionGet, { id }, request.readOptions));
    },
    update: async (request) => {
      const body = decodeJsonBody(request.body, intentionBody);
      const args = { ...body, ID: requireIntentionId(idOf(request)) };
      return jsonReply({ ID: await rpc.write(intentionUpdate, args, request.writeOptions) });
    },
    delete: async (request) => {
      const id = requireIntentionId(idOf(request));
      return jsonReply(await rpc.write(intentionDelete, { id }, request.writeOptions));
    },
  });
}

function idOf({ params }: RequestContext): string {
  return params['id'] ?? '';
}

function found(reply: ReadReply<Intention | null>): Reply {
  return reply.value ? readReply(reply, reply.value) : textReply(404, 'Intention not found');
}

function matchBy(query: QueryParameters): MatchBy {
  const by = required(query, 'by');
  if (by === 'source' || by === 'destination') return by;
  throw invalid("'by' parameter must be one of 'source' or 'destination'");
}

function matchNames(query: QueryParameters): readonly string[] {
  const names = query.all('name').filter((name) => name !== '');
  if (names.length === 0) throw invalid("required query parameter 'name' not set");
  if (names.length > MAX_NAMES) {
    throw invalid(`${names.length} names asked for, at most ${MAX_NAMES} are accepted`);
  }
  return names;
}

function pairOf(query: QueryParameters): IntentionPair {
  return { source: required(query, 'source'), destination: required(query, 'destination') };
}

function required(query: QueryParameters, name: string): string {
  const value = query.get(name);
  if (value) return value;
  throw invalid(`required query parameter '${name}' not set`);
}

function names({ source, destination }: IntentionPair) {
  const from = qualifiedName(source);
  const to = qualifiedName(destination);
  return {
    ...{ SourceNS: from.namespace, SourceName: from.name },
    ...{ DestinationNS: to.namespace, DestinationName: to.name },
  };
}
