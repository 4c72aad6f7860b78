import { compilePattern } from '@mesh/filter';
import { decodeFilter, encodeFilter } from '../wire/query-filter.ts';
import type { QueryParams, SerfMember } from './types.ts';

/** Honest queries have few; each regular expression costs up to 30 ms. */
const MAX_FILTERS = 16;

type Subject = Pick<SerfMember, 'name' | 'tags'>;

/** The filters of a query as the wire has them. */
export function filtersOf({ nodes, tags }: Pick<QueryParams, 'nodes' | 'tags'>): Uint8Array[] {
  const filters = Object.entries(tags ?? {}).map(([tag, expression]) =>
    encodeFilter({ kind: 'tag', tag, expression }),
  );
  if (!nodes || nodes.length === 0) return filters;
  return [encodeFilter({ kind: 'nodes', names: nodes }), ...filters];
}

/**
 * Whether a query is for this member: all its filters must pass. What cannot be read, or has an unknown
 * type, does not pass. Regular expressions run in linear time. Never throws.
 */
export function filtersAccept(filters: readonly Uint8Array[], subject: Subject): boolean {
  if (filters.length > MAX_FILTERS) return false;
  try {
    return filters.every((filter) => accepts(filter, subject));
  } catch {
    // A pattern or a filter that makes no sense is the asker's loss.
    return false;
  }
}

function accepts(bytes: Uint8Array, { name, tags }: Subject): boolean {
  const filter = decodeFilter(bytes);
  if (!filter) return false;
  if (filter.kind === 'nodes') return filter.names.includes(name);
  const value = Object.hasOwn(tags, filter.tag) ? tags[filter.tag] : undefined;
  return compilePattern(filter.expression).test(value ?? '');
}
