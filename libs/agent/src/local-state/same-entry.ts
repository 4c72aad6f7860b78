import type { HealthCheck, NodeService } from '@mesh/api-contract';
import type { AgentCheck, AgentService } from './entries.ts';

/** True when the catalog's instance says what ours does. Log indexes do not count. */
export function sameService(ours: AgentService, theirs: NodeService): boolean {
  const { CreateIndex: _created, ModifyIndex: _modified, ...rest } = theirs;
  return sameValue(ours, rest);
}

/**
 * True when the catalog's check says what ours does.
 * @param ignoreOutput outputs are pushed by a timer of their own
 */
export function sameCheck(ours: AgentCheck, theirs: HealthCheck, ignoreOutput: boolean): boolean {
  return (
    ours.Name === theirs.Name &&
    ours.Status === theirs.Status &&
    ours.Notes === theirs.Notes &&
    (ignoreOutput || ours.Output === theirs.Output) &&
    ours.ServiceID === theirs.ServiceID &&
    ours.ServiceName === theirs.ServiceName &&
    sameValue(ours.ServiceTags, theirs.ServiceTags) &&
    ours.Type === theirs.Type
  );
}

/**
 * Deep equality of JSON values, blind to the order of properties. What is empty equals what is absent:
 * the catalog leaves out some fields that are unset.
 */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (isEmpty(a) && isEmpty(b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, at) => sameValue(item, b[at]));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (!sameValue(a[key], b[key])) return false;
  }
  return true;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.keys(value).length === 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
