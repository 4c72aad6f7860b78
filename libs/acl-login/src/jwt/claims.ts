import { refused } from '../errors.ts';
import type { Claims } from './compact-token.ts';

/** What is given to clocks and to tokens that do not say how long they count, milliseconds. */
export interface TimeRules {
  /** From its start to the end of a token without `exp`. */
  readonly expirationLeewayMs: number;
  /** From the start to its end of a token without `nbf` and `iat`. */
  readonly notBeforeLeewayMs: number;
  /** By how much the clocks of both sides may differ. */
  readonly clockSkewMs: number;
}

/**
 * Judges when a token counts (RFC 7519 section 4.1). Some time it must name; of those that it does not, the
 * rules make what follows from the others. Throws `permission-denied`.
 */
export function requireInTime(claims: Claims, rules: TimeRules, nowMs: number): void {
  const issuedMs = instant(claims, 'iat');
  const givenStartMs = instant(claims, 'nbf');
  const givenEndMs = instant(claims, 'exp');
  if (issuedMs === 0 && givenStartMs === 0 && givenEndMs === 0) {
    throw invalidToken('no issue time, notbefore, or expiration time encoded in token');
  }
  const endMs = givenEndMs || Math.max(issuedMs, givenStartMs) + rules.expirationLeewayMs;
  const startMs = givenStartMs || issuedMs || endMs - rules.notBeforeLeewayMs;
  const { clockSkewMs } = rules;
  if (nowMs + clockSkewMs < startMs) throw invalidToken('token not valid yet (nbf)');
  if (nowMs - clockSkewMs > endMs) throw invalidToken('token is expired (exp)');
  if (nowMs + clockSkewMs < issuedMs) throw invalidToken('token issued in the future (iat)');
}

/** Throws `permission-denied` unless the token is of this issuer; '' is any. */
export function requireIssuer(claims: Claims, issuer: string): void {
  if (issuer === '' || claims['iss'] === issuer) return;
  throw invalidToken(`invalid issuer claim (iss), ${JSON.stringify(issuer)} is accepted`);
}

/**
 * Throws `permission-denied` unless the token is meant for one of the audiences. One that is meant for
 * somebody is refused also where none are bound: it was not given out for us.
 */
export function requireAudience(claims: Claims, audiences: readonly string[]): void {
  const claim = claims['aud'];
  const meantFor: readonly unknown[] =
    claim === undefined ? [] : Array.isArray(claim) ? claim : [claim];
  if (audiences.length === 0) {
    if (meantFor.length === 0) return;
    throw invalidToken('audience claim found in JWT but no audiences are bound (BoundAudiences)');
  }
  if (meantFor.some((one) => typeof one === 'string' && audiences.includes(one))) return;
  throw invalidToken('aud claim does not match any bound audience');
}

/** Milliseconds since the epoch of a NumericDate (RFC 7519 section 2); 0 where there is none. */
function instant(claims: Claims, name: string): number {
  const value = claims[name] ?? 0;
  if (typeof value === 'number' && Number.isFinite(value)) return value * 1000;
  throw invalidToken(`${name} is no number of seconds`);
}

function invalidToken(why: string): Error {
  return refused(`error validating token: ${why}`);
}
