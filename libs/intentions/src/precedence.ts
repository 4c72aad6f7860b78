import type { Intention } from '@mesh/api-contract';

/** Matches every name. */
export const WILDCARD = '*';

/** The four names that an intention joins. */
export type IntentionNames = Pick<
  Intention,
  'SourceNS' | 'SourceName' | 'DestinationNS' | 'DestinationName'
>;

/** How exactly a namespace and name say what they mean: 0 anything, 1 any name of one namespace, 2 one. */
function exactness(namespace: string, name: string): number {
  if (namespace === WILDCARD) return 0;
  return name === WILDCARD ? 1 : 2;
}

/**
 * Precedence of an intention, 1 to 9: the destination's exactness counts first, then the source's (the
 * original's table: 9 exact to exact, 8 any source to an exact destination, 6 and 5 to any destination).
 */
export function precedenceOf(names: IntentionNames): number {
  const source = exactness(names.SourceNS, names.SourceName);
  const destination = exactness(names.DestinationNS, names.DestinationName);
  return 3 * destination + 1 + source;
}

/** Order in which intentions decide: by precedence, equals by their names. */
export function byPrecedence(a: Intention, b: Intention): number {
  if (a.Precedence !== b.Precedence) return b.Precedence - a.Precedence;
  for (const field of ORDERED) {
    if (a[field] !== b[field]) return a[field] < b[field] ? -1 : 1;
  }
  return 0;
}

const ORDERED = ['SourceNS', 'SourceName', 'DestinationNS', 'DestinationName'] as const;

/** Whether a name of an intention stands for a service's. */
export function covers(
  own: { readonly namespace: string; readonly name: string },
  asked: { readonly namespace: string; readonly name: string },
): boolean {
  if (own.namespace !== WILDCARD && own.namespace !== asked.namespace) return false;
  return own.name === WILDCARD || own.name === asked.name;
}
