import { refused } from '../errors.ts';
import type { Claims } from './compact-token.ts';
import type { ClaimMapping } from './jwt-config.ts';

/**
 * Claims by the names that binding rules know them by. One that the token lacks is '', so that rules may ask
 * for that. Throws `permission-denied` for claims that are no plain values.
 */
export function mappedValues(
  claims: Claims,
  mappings: readonly ClaimMapping[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    mappings.map(([claim, name]) => {
      const value = claimOf(claims, claim);
      return [name, value === undefined ? '' : textOf(claim, value)] as const;
    }),
  );
}

/** The same for lists; one value is a list of one, a claim that the token lacks is empty. */
export function mappedLists(
  claims: Claims,
  mappings: readonly ClaimMapping[],
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    mappings.map(([claim, name]) => {
      const value = claimOf(claims, claim) ?? [];
      const items: readonly unknown[] = Array.isArray(value) ? value : [value];
      return [name, items.map((item) => textOf(claim, item))] as const;
    }),
  );
}

/** A claim by its name, or by a JSON pointer (RFC 6901) where it begins with a slash. */
function claimOf(claims: Claims, claim: string): unknown {
  if (!claim.startsWith('/')) return own(claims, claim) ?? undefined;
  let value: unknown = claims;
  for (const part of claim.slice(1).split('/')) {
    value = own(value, part.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return value ?? undefined;
}

function own(value: unknown, key: string): unknown {
  if (value === null || typeof value !== 'object') return undefined;
  return Object.hasOwn(value, key) ? (value as Claims)[key] : undefined;
}

function textOf(claim: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    // Beyond this two different identities would be read as the same number.
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw refused(`claim ${JSON.stringify(claim)}: numbers beyond 2^53 are not accepted`);
    }
    return String(value);
  }
  const found = value === null ? 'null' : Array.isArray(value) ? 'a list' : 'an object';
  throw refused(
    `error converting claim ${JSON.stringify(claim)} to a text: it is ${found}, accepted are texts, numbers ` +
      'and booleans',
  );
}
