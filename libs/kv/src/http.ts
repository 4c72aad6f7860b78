import { kvRoutes } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import {
  type BoundRoute,
  emptyReply,
  implement,
  jsonReply,
  type Reply,
  type RequestContext,
  type Rpc,
  readReply,
} from '@mesh/resource';
import { kvApply, kvGet, kvList, kvListKeys } from './endpoint.ts';
import type { KvOperation } from './types.ts';

/** What the handlers need. */
export interface KvHttpDeps {
  readonly rpc: Rpc;
}

const MAX_UNSIGNED = 18446744073709551615n;

/** A raw value is whatever its writer chose: browsers must neither guess its type nor run it. */
const RAW_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': 'sandbox',
} as const;

/** Handlers of the key-value routes. */
export function kvHttpRoutes({ rpc }: KvHttpDeps): readonly BoundRoute[] {
  return implement(kvRoutes, {
    get: (request) => {
      if (request.query.has('keys')) return listKeys(rpc, request);
      if (request.query.has('recurse')) return list(rpc, request);
      return get(rpc, request);
    },
    put: async (request) => {
      const operation = putOperation(request, requireKey(request));
      return jsonReply(await rpc.write(kvApply, operation, request.writeOptions));
    },
    delete: async (request) => {
      const operation = deleteOperation(request);
      return jsonReply(await rpc.write(kvApply, operation, request.writeOptions));
    },
  });
}

async function get(rpc: Rpc, request: RequestContext): Promise<Reply> {
  const key = requireKey(request);
  const reply = await rpc.read(kvGet, { key }, request.readOptions);
  const pair = reply.value;
  if (!pair) return emptyReply(404, reply);
  if (!request.query.has('raw')) return readReply(reply, [pair]);
  return {
    kind: 'bytes',
    status: 200,
    bytes: pair.Value ?? new Uint8Array(0),
    contentType: 'text/plain; charset=utf-8',
    headers: RAW_HEADERS,
    meta: reply,
  };
}

async function list(rpc: Rpc, request: RequestContext): Promise<Reply> {
  const prefix = request.params['key'] ?? '';
  const reply = await rpc.read(kvList, { prefix }, request.readOptions);
  return reply.value.length === 0 ? emptyReply(404, reply) : readReply(reply);
}

async function listKeys(rpc: Rpc, request: RequestContext): Promise<Reply> {
  const { query, params, readOptions } = request;
  // Old clients misspell the name; the original takes both.
  const separator = query.get('separator') ?? query.get('seperator') ?? '';
  const args = { prefix: params['key'] ?? '', separator };
  const reply = await rpc.read(kvListKeys, args, readOptions);
  // The root is always there.
  const isAbsent = reply.value.length === 0 && args.prefix !== '';
  return isAbsent ? emptyReply(404, reply) : readReply(reply);
}

function putOperation({ query, body }: RequestContext, key: string): KvOperation {
  refuseConflicts(query, ['acquire', 'cas', 'release']);
  const write = { key, value: body, flags: flagsOf(query.get('flags')) };
  const cas = query.get('cas');
  if (cas !== undefined) return { op: 'cas', index: requireIndex('cas', cas), ...write };
  const acquire = query.get('acquire');
  if (acquire !== undefined) return { op: 'lock', session: requireSession(acquire), ...write };
  const release = query.get('release');
  if (release !== undefined) return { op: 'unlock', session: requireSession(release), ...write };
  return { op: 'set', ...write };
}

function deleteOperation(request: RequestContext): KvOperation {
  const { query } = request;
  refuseConflicts(query, ['cas', 'recurse']);
  if (query.has('recurse')) return { op: 'delete-tree', key: request.params['key'] ?? '' };
  const key = requireKey(request);
  const cas = query.get('cas');
  if (cas === undefined) return { op: 'delete', key };
  return { op: 'delete-cas', key, index: requireIndex('cas', cas) };
}

function requireKey({ params }: RequestContext): string {
  const key = params['key'] ?? '';
  if (key === '') throw invalid('Missing key name');
  return key;
}

function requireSession(session: string): string {
  if (session === '') throw invalid('missing session');
  return session;
}

function refuseConflicts(query: RequestContext['query'], names: readonly string[]): void {
  const given = names.filter((name) => query.has(name));
  if (given.length < 2) return;
  const shown = given.map((name) => `${name}=${query.get(name)}`).join('&');
  throw invalid(`Conflicting flags: ${shown}`);
}

/**
 * Real indexes stay below 2^53; a number beyond may lose bits, as it equals none of them anyway.
 */
function requireIndex(name: string, text: string): number {
  return Number(requireUnsigned(name, text));
}

/** Flags are 64 bits; what a number cannot hold exactly becomes a bigint. */
function flagsOf(text: string | undefined): number | bigint {
  if (text === undefined) return 0;
  const value = requireUnsigned('flags', text);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

function requireUnsigned(name: string, text: string): bigint {
  // More digits than any such number has, leading zeros apart, are not worth a conversion.
  if (/^\d{1,32}$/.test(text)) {
    const value = BigInt(text);
    if (value <= MAX_UNSIGNED) return value;
  }
  throw invalid(`${name}: "${text.slice(0, 64)}" is not a whole number from 0 to 2^64-1`);
}
