/** Characters that Go's unicode.IsPrint refuses; the original answers 400 to a path that holds one. */
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;
/** Empty or dot segments, which are cleaned away by a redirect. */
const UNCLEAN = /\/\/|\/\.\.?(?:\/|$)/;
const NOT_ASCII = /[^\u0020-\u007e]/;

/** What the request line asks for, before any routing. */
export interface RequestTarget {
  /** Undecoded path, from its first slash. */
  readonly rawPath: string;
  /** Undecoded query string without `?`; "" when none. */
  readonly rawQuery: string;
  /** Decoded path; undefined when an escape is bad. */
  readonly path: string | undefined;
}

/** Splits and decodes a request line's target as Node delivers it (one character a byte). */
export function parseTarget(url: string): RequestTarget {
  const target = NOT_ASCII.test(url) ? Buffer.from(url, 'latin1').toString('utf8') : url;
  const mark = target.indexOf('?');
  let rawPath = mark < 0 ? target : target.slice(0, mark);
  const rawQuery = mark < 0 ? '' : target.slice(mark + 1);
  if (!rawPath.startsWith('/')) rawPath = pathOfAbsolute(rawPath);
  return { rawPath, rawQuery, path: rawPath.includes('%') ? decode(rawPath) : rawPath };
}

/** Absolute form (RFC 9112 section 3.2.2), as proxies send it. */
function pathOfAbsolute(target: string): string {
  const match = /^[a-z][a-z0-9+.-]*:\/\/[^/]*(\/.*)?$/i.exec(target);
  return match ? (match[1] ?? '/') : `/${target}`;
}

function decode(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

/** True when every character of a decoded path can be printed. */
export function isPrintable(path: string): boolean {
  return !NOT_ASCII.test(path) || !UNPRINTABLE.test(path);
}

/** The path without empty and dot segments, or undefined when it has none; a final slash stays. */
export function cleanPath(path: string): string | undefined {
  if (!UNCLEAN.test(path)) return undefined;
  const out: string[] = [];
  const segments = path.split('/');
  for (const segment of segments) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') out.pop();
    else out.push(segment);
  }
  const last = segments.at(-1)!;
  const slash = out.length > 0 && (last === '' || last === '.' || last === '..') ? '/' : '';
  return `/${out.join('/')}${slash}`;
}

/** Escapes a decoded path for a Location header. */
export function escapePath(path: string): string {
  return encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23');
}
