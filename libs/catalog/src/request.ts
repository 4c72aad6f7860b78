/** What handlers of the catalog and of health have in common. */
import { invalid } from '@mesh/base';
import { nearestFirst } from '@mesh/coordinate';
import {
  type ReadReply,
  type Reply,
  type RequestContext,
  type Rpc,
  readReply,
} from '@mesh/resource';
import type { MetaFilter } from './types.ts';

const NO_META: MetaFilter = Object.freeze({});

/** A path parameter that must not be empty. Throws `invalid-argument`. */
export function requireParam(request: RequestContext, name: string, what: string): string {
  const value = request.params[name] ?? '';
  if (value === '') throw invalid(`Missing ${what}`);
  return value;
}

/** ?node-meta=key:value, any number of times. */
export function nodeMetaOf(request: RequestContext): MetaFilter {
  if (!request.query.has('node-meta')) return NO_META;
  return Object.fromEntries(
    request.query.all('node-meta').map((pair) => {
      const colon = pair.indexOf(':');
      return colon < 0 ? [pair, ''] : [pair.slice(0, colon), pair.slice(colon + 1)];
    }),
  );
}

/**
 * The rows of a read, nearest first where ?near= asks for it. A sorted answer is not to be kept:
 * its order depends on coordinates, whose changes it is not told of.
 */
export async function replySorted<T>(
  rpc: Rpc,
  request: RequestContext,
  reply: ReadReply<readonly T[]>,
  nodeOf: (row: T) => string,
  agentNode: string,
): Promise<Reply> {
  const near = request.query.get('near') ?? '';
  if (near === '') return readReply(reply);
  const from = near === '_agent' ? agentNode : near;
  const rows = await nearestFirst(rpc, from, reply.value, nodeOf, request.readOptions);
  return readReply({ ...reply, freshness: undefined }, rows);
}
