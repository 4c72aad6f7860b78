import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AccessRules } from './access.ts';
import { type ApiService, sharedKey } from './api-service.ts';
import { acceptsGzip } from './gzip.ts';
import type { ReplyWriter } from './reply-writer.ts';
import type { RequestLog } from './request-log.ts';
import { cleanPath, isPrintable, parseTarget } from './request-target.ts';
import type { ResponseCache } from './response-cache.ts';
import type { Router } from './router.ts';

export interface InterceptorParts {
  readonly router: Router;
  readonly service: ApiService;
  readonly cache: ResponseCache;
  readonly access: AccessRules;
  readonly log: RequestLog;
  readonly writer: ReplyWriter;
  readonly refuseUnprintable: boolean;
  readonly nowMs: () => number;
  /** Takes all that is not hot. */
  readonly fallback: RequestListener;
}

/**
 * Stands in front of Express. A GET whose encoded answer is kept costs one look into a map; reads and
 * writes of the state go from the route trie straight to their handler; all else falls through.
 */
export function createInterceptor(parts: InterceptorParts): RequestListener {
  const { cache, log, writer, nowMs, fallback } = parts;
  return (request, response) => {
    const startedAtMs = nowMs();
    if (request.method === 'GET') {
      const key = cacheKey(request);
      const known = key === undefined ? undefined : cache.get(key);
      if (known) {
        writer.send(response, known.rendered);
        log.finished(request, known.metric, startedAtMs);
        return;
      }
    }
    if (!serveHot(parts, request, response, startedAtMs)) fallback(request, response);
  };
}

/** Key of the kept answer; undefined when the request's headers ask for something special. */
function cacheKey(request: IncomingMessage): string | undefined {
  const raw = request.rawHeaders;
  let consulToken = '';
  let authorization = '';
  let gzip = false;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!;
    // Most headers are told apart by their length alone.
    switch (name.length) {
      case 13: {
        const lower = name.toLowerCase();
        if (lower === 'cache-control') return undefined;
        if (lower === 'authorization') authorization ||= raw[at + 1]!;
        break;
      }
      case 14:
        if (name.toLowerCase() === 'x-consul-token') consulToken ||= raw[at + 1]!;
        break;
      case 15:
        if (name.toLowerCase() === 'accept-encoding') gzip ||= acceptsGzip(raw[at + 1]);
        break;
    }
  }
  return sharedKey(request.url!, consulToken || authorization, gzip);
}

function serveHot(
  parts: InterceptorParts,
  request: IncomingMessage,
  response: ServerResponse,
  startedAtMs: number,
): boolean {
  const { rawPath, rawQuery, path } = parseTarget(request.url!);
  if (path === undefined) return false;
  const match = parts.router.match(rawPath);
  if (match?.kind !== 'found') return false;
  const compiled = match.entry.methods.get(request.method!);
  if (!compiled?.hot || cleanPath(path) !== undefined || parts.access.isBlocked(path)) return false;
  if (parts.refuseUnprintable && !isPrintable(path)) return false;
  if (request.method !== 'GET' && !parts.access.mayWrite(request.socket.remoteAddress ?? '')) {
    return false;
  }
  const { params } = match;
  void parts.service.serve({ request, response, compiled, params, rawQuery, startedAtMs });
  return true;
}
