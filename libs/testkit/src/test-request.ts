import { assert, utf8Bytes } from '@mesh/base';
import { type BoundRoute, PLAIN_READ, PLAIN_WRITE, type Reply } from '@mesh/resource';

/**
 * Calls the handler that a path leads to, as the HTTP server would for the parameters that handlers
 * see: own query parameters, ?filter, ?stale and ?consistent. A body that is no text is sent as
 * JSON. `token` is the one that the request bears, '' for none.
 */
export async function callRoute(
  routes: readonly BoundRoute[],
  method: string,
  target: string,
  body: unknown = '',
  token = '',
): Promise<Reply> {
  const url = new URL(target, 'http://localhost');
  for (const { route, handler } of routes) {
    const params = route.method === method ? matchPath(route.path, url.pathname) : undefined;
    if (!params) continue;
    const { searchParams: query } = url;
    const consistency = query.has('stale')
      ? 'stale'
      : query.has('consistent')
        ? 'consistent'
        : 'default';
    return handler({
      route,
      params,
      query: {
        get: (name) => query.get(name) ?? undefined,
        all: (name) => query.getAll(name),
        has: (name) => query.has(name),
      },
      header: () => undefined,
      body: utf8Bytes(typeof body === 'string' ? body : JSON.stringify(body)),
      remoteAddress: '127.0.0.1',
      token,
      filter: route.filter ? (query.get('filter') ?? '') : '',
      readOptions: { ...PLAIN_READ, consistency, token, datacenter: query.get('dc') ?? '' },
      writeOptions: { ...PLAIN_WRITE, token, datacenter: query.get('dc') ?? '' },
      signal: new AbortController().signal,
    });
  }
  throw new Error(`no route for ${method} ${target}`);
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  const parts = pattern.split('/');
  const segments = path.split('/');
  for (const [at, part] of parts.entries()) {
    const segment = segments[at];
    if (segment === undefined) return undefined;
    if (part.startsWith('*')) {
      assert(at === parts.length - 1, `${pattern}: a rest parameter stands last`);
      params[part.slice(1)] = decodeURIComponent(segments.slice(at).join('/'));
      return params;
    }
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(segment);
    else if (part !== segment) return undefined;
  }
  return segments.length === parts.length ? params : undefined;
}
