import { anything, invalid, list, mismatch, parseDuration, record, refine, text } from '@mesh/base';
import { DEFAULT_LOCK_DELAY_NS, type SessionRequest } from './types.ts';

/** A bare number below this means seconds, as old clients sent it; else nanoseconds. */
const SECONDS_BELOW = 1000;

/** Go's longest duration, nanoseconds: 2^63. */
const MAX_DURATION_NS = 2 ** 63;

const lockDelay = refine(anything, (value, path) => {
  if (value === null || value === undefined) return DEFAULT_LOCK_DELAY_NS;
  if (typeof value === 'number' && value >= 0 && value <= MAX_DURATION_NS) {
    const whole = Math.trunc(value);
    return whole < SECONDS_BELOW ? whole * 1e9 : whole;
  }
  const ms = typeof value === 'string' ? parseDuration(value) : undefined;
  if (ms === undefined || ms < 0) throw mismatch(path, 'a duration such as "15s"', value);
  return Math.round(ms * 1e6);
});

const serviceCheck = refine(anything, (value, path) => {
  if (typeof value === 'string') return { ID: value, Namespace: '' };
  return record({ ID: text, Namespace: text }).decode(value, path);
});

const body = record(
  {
    // Accepted and without effect, as clients send back what they read.
    ID: anything,
    Datacenter: anything,
    CreateIndex: anything,
    ModifyIndex: anything,
    Name: text,
    Node: text,
    LockDelay: lockDelay,
    Behavior: text,
    TTL: text,
    Checks: list(text),
    NodeChecks: list(text),
    ServiceChecks: list(serviceCheck),
  },
  { unknown: 'refuse' },
);

/**
 * The body of session/create. `Checks` is the old name of `NodeChecks`. Throws `invalid-argument`.
 */
export function decodeSessionRequest(value: unknown, agentNode: string): SessionRequest {
  const decoded = body.decode(value, '');
  const named = [...(decoded.Checks ?? []), ...(decoded.NodeChecks ?? [])];
  const isGiven = decoded.Checks !== undefined || decoded.NodeChecks !== undefined;
  if (decoded.Name.length > 512) throw invalid('Name: at most 512 characters');
  return {
    name: decoded.Name,
    node: decoded.Node || agentNode,
    lockDelayNs: decoded.LockDelay,
    behavior: decoded.Behavior,
    ttl: decoded.TTL,
    nodeChecks: isGiven ? [...new Set(named)] : ['serfHealth'],
    serviceChecks: decoded.ServiceChecks ?? null,
  };
}
