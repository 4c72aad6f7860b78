/**
 * Paths of the UI, taken apart without decoding: names may hold slashes and percent signs, and a segment is
 * decoded once, by who knows what it is.
 */
export interface Place {
  /** Path behind the UI's mount point, as in the address bar, without a slash at its start. */
  readonly path: string;
  /** With its question mark; '' for none. */
  readonly search: string;
}

/** What a pattern found. Named segments are decoded, `*rest` is not. */
export type Params = Readonly<Record<string, string>>;

/**
 * Matches a path against `:dc/nodes/:name` or `:dc/kv/*rest`. A rest may be empty. Segments with bad escapes
 * match nothing.
 */
export function matchPath(pattern: string, path: string): Params | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  const params: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    if (part.startsWith('*')) {
      params[part.slice(1)] = given.slice(at).join('/');
      return params;
    }
    const segment = given[at];
    if (segment === undefined) return undefined;
    if (!part.startsWith(':')) {
      if (segment !== part) return undefined;
      continue;
    }
    const decoded = decodeSegment(segment);
    if (decoded === undefined || decoded === '') return undefined;
    params[part.slice(1)] = decoded;
  }
  return wanted.length === given.length ? params : undefined;
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** A path of segments, each encoded: `place('dc1', 'nodes', name)`. */
export function pathOf(...segments: readonly string[]): string {
  return segments.map(encodeURIComponent).join('/');
}
