import { type ErrorCode, MeshError } from '@mesh/base';

/**
 * The one place that turns error codes into HTTP statuses. A cluster without a leader or without reachable
 * servers answers 500, as clients of the original expect and retry on.
 */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  'invalid-argument': 400,
  unauthenticated: 401,
  'permission-denied': 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  'unsupported-media': 415,
  'rate-limited': 429,
  // Asked for a capability that this agent does not have: asking again will not help, so not a 5xx.
  unsupported: 400,
  'no-leader': 500,
  'no-servers': 500,
  unavailable: 503,
  'unknown-outcome': 500,
  cancelled: 503,
  internal: 500,
};

/** HTTP status of an error code. */
export function statusOf(code: ErrorCode): number {
  return STATUS[code];
}

/** True when the failure lies in reaching the cluster, so that an older answer beats none. */
export function isOutage(thrown: unknown): boolean {
  return (
    thrown instanceof MeshError &&
    (thrown.code === 'no-leader' || thrown.code === 'no-servers' || thrown.code === 'unavailable')
  );
}
