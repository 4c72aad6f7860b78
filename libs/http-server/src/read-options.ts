import { invalid, parseDuration } from '@mesh/base';
import type { QueryParameters, ReadConsistency } from '@mesh/resource';

/** What a request says about freshness, waiting and caching; signal, token and datacenter come apart. */
export interface ReadRequest {
  readonly consistency: ReadConsistency;
  /** Oldest answer that ?max_stale accepts, milliseconds; undefined accepts any. */
  readonly maxStaleMs: number | undefined;
  readonly minIndex: number;
  /** 0 is the configured default. */
  readonly maxWaitMs: number;
  readonly useCache: boolean;
  /** Cache-Control: max-age, milliseconds. */
  readonly maxAgeMs: number | undefined;
  /** Cache-Control: stale-if-error, milliseconds. */
  readonly staleIfErrorMs: number | undefined;
}

export interface ReadRequestOptions {
  /** The route takes ?index and ?wait. */
  readonly blocking: boolean;
  /** ?cached takes effect. */
  readonly cacheable: boolean;
  /** Longest wait a client may ask for, milliseconds. */
  readonly maxWaitMs: number;
}

/** A request that asks for nothing. */
export const PLAIN_READ_REQUEST: ReadRequest = {
  consistency: 'default',
  maxStaleMs: undefined,
  minIndex: 0,
  maxWaitMs: 0,
  useCache: false,
  maxAgeMs: undefined,
  staleIfErrorMs: undefined,
};

/**
 * Reads the common parameters of queries: stale, consistent, cached, max_stale, index, wait, and the header
 * Cache-Control. Throws `invalid-argument` on a bad or contradictory one.
 */
export function parseReadRequest(
  query: QueryParameters,
  cacheControl: string | undefined,
  options: ReadRequestOptions,
): ReadRequest {
  const cache = parseCacheControl(cacheControl);
  const consistent = query.has('consistent');
  const maxStaleText = query.get('max_stale') ?? '';
  const stale = query.has('stale') || maxStaleText !== '';
  const cached = query.has('cached');
  if (stale && consistent) {
    throw invalid('Cannot specify ?stale with ?consistent, conflicting semantics.');
  }
  if (cached && consistent) {
    throw invalid('Cannot specify ?cached with ?consistent, conflicting semantics.');
  }
  let maxStaleMs: number | undefined;
  if (maxStaleText !== '') {
    maxStaleMs = parseDuration(maxStaleText);
    if (maxStaleMs === undefined) throw invalid(`Invalid max_stale value "${maxStaleText}"`);
  }
  const wait = parseWait(query, options);
  return {
    consistency: consistent ? 'consistent' : stale ? 'stale' : 'default',
    maxStaleMs,
    ...wait,
    useCache: cached && options.cacheable,
    ...cache,
  };
}

function parseWait(
  query: QueryParameters,
  options: ReadRequestOptions,
): { minIndex: number; maxWaitMs: number } {
  const waitText = query.get('wait') ?? '';
  let maxWaitMs = 0;
  if (waitText !== '') {
    const parsed = parseDuration(waitText);
    if (parsed === undefined) throw invalid('Invalid wait time');
    maxWaitMs = Math.min(Math.max(parsed, 0), options.maxWaitMs);
  }
  const indexText = query.get('index') ?? '';
  let minIndex = 0;
  if (indexText !== '') {
    // Unsigned 64-bit. What exceeds 2^53 lies beyond every index in use, so it waits all the same.
    if (!/^\d{1,20}$/.test(indexText) || BigInt(indexText) > 0xffff_ffff_ffff_ffffn) {
      throw invalid('Invalid index');
    }
    minIndex = Number(indexText);
  }
  return options.blocking ? { minIndex, maxWaitMs } : { minIndex: 0, maxWaitMs: 0 };
}

interface CacheControl {
  readonly maxAgeMs: number | undefined;
  readonly staleIfErrorMs: number | undefined;
}

const NO_CACHE_CONTROL: CacheControl = { maxAgeMs: undefined, staleIfErrorMs: undefined };

/** max-age, must-revalidate and stale-if-error (RFC 9111 section 5.2.1, RFC 5861); others are ignored. */
export function parseCacheControl(header: string | undefined): CacheControl {
  if (header === undefined || header.trim() === '') return NO_CACHE_CONTROL;
  let maxAgeMs: number | undefined;
  let staleIfErrorMs: number | undefined;
  for (const directive of header.split(',')) {
    const [name = '', value = ''] = directive.trim().toLowerCase().split('=', 2);
    if (name === 'must-revalidate' || name === 'no-cache') maxAgeMs = 0;
    else if (name === 'max-age') maxAgeMs = parseSeconds(value);
    else if (name === 'stale-if-error') staleIfErrorMs = parseSeconds(value);
  }
  return { maxAgeMs, staleIfErrorMs };
}

function parseSeconds(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw invalid('Invalid Cache-Control header.');
  return Number(text) * 1000;
}
