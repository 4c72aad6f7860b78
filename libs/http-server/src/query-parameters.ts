import { invalid } from '@mesh/base';
import type { QueryParameters } from '@mesh/resource';

/** More parameters than any client sends on purpose. */
const MAX_PARAMETERS = 1000;

/** Decodes one name or value of a query string: `+` is a space, `%xx` are UTF-8 bytes. */
function decodeComponent(raw: string): string {
  const spaced = raw.includes('+') ? raw.replaceAll('+', ' ') : raw;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw invalid(`invalid escape in the query string: "${raw.slice(0, 100)}"`);
  }
}

/**
 * A parsed query string (the part after `?`, undecoded). Pairs are separated by `&` or `;`, as the original
 * does. Throws `invalid-argument` on a bad escape.
 */
export class ParsedQuery implements QueryParameters {
  private readonly values = new Map<string, string[]>();

  constructor(raw: string) {
    if (raw === '') return;
    const pairs = raw.includes(';') ? raw.split(/[&;]/) : raw.split('&');
    if (pairs.length > MAX_PARAMETERS) {
      throw invalid(`too many query parameters: ${pairs.length}, at most ${MAX_PARAMETERS}`);
    }
    for (const pair of pairs) {
      if (pair === '') continue;
      const equals = pair.indexOf('=');
      const name = decodeComponent(equals < 0 ? pair : pair.slice(0, equals));
      const value = equals < 0 ? '' : decodeComponent(pair.slice(equals + 1));
      const known = this.values.get(name);
      if (known) known.push(value);
      else this.values.set(name, [value]);
    }
  }

  get(name: string): string | undefined {
    return this.values.get(name)?.[0];
  }

  all(name: string): readonly string[] {
    return this.values.get(name) ?? [];
  }

  has(name: string): boolean {
    return this.values.has(name);
  }
}

/** The query of requests that have none. */
export const EMPTY_QUERY: QueryParameters = new ParsedQuery('');
