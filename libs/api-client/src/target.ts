import type { Route } from '@mesh/api-contract';
import { ApiError } from './errors.ts';

/** Query parameters: a list stands for as many of the name; undefined and false are left out, true is bare. */
export type QueryValue = string | number | bigint | boolean | readonly string[] | undefined;
export type QueryValues = Readonly<Record<string, QueryValue>>;

/**
 * Path of a route with its parameters filled in. @throws ApiError for a part that a URL cannot carry: `.` and
 * `..` between slashes, which every fetch takes away, and nothing between slashes, which servers take away
 */
export function routePath(
  route: Pick<Route, 'path'>,
  params: Readonly<Record<string, string>>,
): string {
  return route.path.replace(/([:*])(\w+)/g, (_match, kind: string, name: string) => {
    const value = params[name] ?? '';
    if (/(^|\/)\.{1,2}(\/|$)|^\/|\/\//.test(value)) {
      const rule = 'it cannot begin with a slash, nor have ".", ".." or nothing between slashes';
      throw new ApiError(`${name} ${JSON.stringify(value)}: ${rule}`);
    }
    return kind === ':'
      ? encodeURIComponent(value)
      : value.split('/').map(encodeURIComponent).join('/');
  });
}

/** `?a=1&b`, or '' without parameters. */
export function queryString(values: QueryValues): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === false) continue;
    if (value === true) pairs.push(name);
    else if (typeof value === 'object') {
      for (const one of value) pairs.push(`${name}=${encodeURIComponent(one)}`);
    } else pairs.push(`${name}=${encodeURIComponent(String(value))}`);
  }
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Appends parameters to a path that may have some. */
export function withQuery(path: string, values: QueryValues): string {
  const added = queryString(values);
  return path.includes('?') ? path + added.replace('?', '&') : path + added;
}
