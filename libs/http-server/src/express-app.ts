import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@mesh/base';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { AccessRules } from './access.ts';
import type { ApiService } from './api-service.ts';
import type { BuiltUi } from './built-ui.ts';
import { TEXT_PLAIN } from './rendered-reply.ts';
import type { RequestLog } from './request-log.ts';
import { cleanPath, escapePath, isPrintable, parseTarget } from './request-target.ts';
import type { RouteMatch, Router } from './router.ts';
import { serveBuiltUi, staticUi } from './static-ui.ts';

export interface ExpressParts {
  readonly router: Router;
  readonly service: ApiService;
  readonly access: AccessRules;
  readonly log: RequestLog;
  readonly logger: Logger;
  readonly baseHead: readonly string[];
  readonly refuseUnprintable: boolean;
  /** Mount point of the UI, with both slashes; undefined when the UI is off. */
  readonly ui:
    | { readonly path: string; readonly root: string; readonly built: BuiltUi | undefined }
    | undefined;
  /** /v1/live is offered. */
  readonly live: boolean;
  readonly nowMs: () => number;
}

/**
 * Everything that the hot path in front of it does not take: checks of the path, redirects, methods,
 * access rules, routes that are local to the agent, the UI.
 */
export function createExpressApp(parts: ExpressParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', () => ({}));
  // Before paths are cleaned: names of keys in the page's paths may hold anything.
  if (parts.ui?.built) app.use(serveBuiltUi(parts.ui.path, parts.ui.built));
  app.use(checkPath(parts));
  if (parts.ui && !parts.ui.built) app.use(parts.ui.path, staticUi(parts.ui.root));
  app.get('/', rootPage(parts));
  if (parts.live) app.get('/v1/live', upgradeRequired());
  app.use(routeRequest(parts));
  app.use(blockEndpoints(parts), checkMethod(parts), checkWriter(parts));
  app.use(serveRoute(parts));
  app.use(answerFailure(parts));
  return app;
}

interface Routed {
  readonly match: Extract<RouteMatch, { kind: 'found' }>;
  readonly rawQuery: string;
  readonly path: string;
  readonly startedAtMs: number;
}

const routed = new WeakMap<IncomingMessage, Routed>();

/** Bad escapes, unprintable characters, redirects to the clean path. */
function checkPath(parts: ExpressParts): RequestHandler {
  return (request, response, next) => {
    const { path, rawQuery } = parseTarget(request.url);
    if (path === undefined) return sendText(response, 400, '400 Bad Request');
    if (parts.refuseUnprintable && !isPrintable(path)) {
      response.writeHead(400, { 'Content-Length': '0' }).end();
      return;
    }
    const clean = cleanPath(path);
    if (clean !== undefined) return redirect(request, response, clean, rawQuery);
    const ui = parts.ui?.path;
    if (ui !== undefined && ui !== '/' && `${path}/` === ui) {
      return redirect(request, response, ui, rawQuery);
    }
    next();
  };
}

function rootPage(parts: ExpressParts): RequestHandler {
  return (request, response) => {
    if (!parts.ui) return sendText(response, 200, 'Consul Agent');
    redirect(request, response, parts.ui.path, '');
  };
}

/** The live route speaks WebSocket only. */
function upgradeRequired(): RequestHandler {
  return (_request, response) => {
    sendText(response, 426, 'a WebSocket is needed here', ['Upgrade', 'websocket']);
  };
}

function routeRequest(parts: ExpressParts): RequestHandler {
  return (request, response, next) => {
    const startedAtMs = parts.nowMs();
    const { rawPath, rawQuery, path = '' } = parseTarget(request.url);
    const match = parts.router.match(rawPath);
    if (!match) {
      response.writeHead(404, { 'Content-Length': '0' }).end();
      parts.log.finished(request, '', startedAtMs);
      return;
    }
    if (match.kind === 'add-slash') return redirect(request, response, `${path}/`, rawQuery);
    routed.set(request, { match, rawQuery, path, startedAtMs });
    next();
  };
}

function blockEndpoints(parts: ExpressParts): RequestHandler {
  return (request, response, next) => {
    if (!parts.access.isBlocked(routed.get(request)!.path)) return next();
    return refuse(parts, request, response, 403, 'Endpoint is blocked by agent configuration');
  };
}

function checkMethod(parts: ExpressParts): RequestHandler {
  return (request, response, next) => {
    const { entry } = routed.get(request)!.match;
    const method = request.method;
    if (entry.methods.has(method)) return next();
    const head = [...parts.baseHead, 'Allow', entry.allow];
    if (method === 'OPTIONS') {
      response.writeHead(200, [...head, 'Content-Length', '0']).end();
      return;
    }
    sendText(response, 405, `method ${method} not allowed`, head);
  };
}

function checkWriter(parts: ExpressParts): RequestHandler {
  return (request, response, next) => {
    const address = request.socket.remoteAddress ?? '';
    if (request.method === 'GET' || parts.access.mayWrite(address)) return next();
    return refuse(parts, request, response, 403, 'Access is restricted');
  };
}

function serveRoute(parts: ExpressParts): RequestHandler {
  return (request, response) => {
    const { match, rawQuery, startedAtMs } = routed.get(request)!;
    const compiled = match.entry.methods.get(request.method)!;
    const { params } = match;
    return parts.service.serve({ request, response, compiled, params, rawQuery, startedAtMs });
  };
}

/** What a middleware threw; Express's own page would show a stack. */
function answerFailure(parts: ExpressParts): ErrorRequestHandler {
  return (error: Error & { status?: number }, request, response, _next) => {
    const status = error.status !== undefined && error.status < 500 ? error.status : 500;
    if (status === 500) parts.log.failed(request, error);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    sendText(response, status, status === 500 ? 'internal error' : error.message);
  };
}

function refuse(
  parts: ExpressParts,
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
): void {
  sendText(response, status, text, parts.baseHead);
  parts.log.finished(request, '', routed.get(request)!.startedAtMs);
}

function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  head: readonly string[] = [],
): void {
  const length = String(Buffer.byteLength(text));
  response.writeHead(status, [...head, 'Content-Type', TEXT_PLAIN, 'Content-Length', length]);
  response.end(text);
}

/** 301; the page is for people whose client does not follow. */
function redirect(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  rawQuery: string,
): void {
  const location = escapePath(path) + (rawQuery === '' ? '' : `?${rawQuery}`);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(301, { Location: location, 'Content-Length': '0' }).end();
    return;
  }
  const shown = location.replaceAll('&', '&amp;').replaceAll('"', '&#34;');
  const page = `<a href="${shown.replaceAll('<', '&lt;')}">Moved Permanently</a>.\n\n`;
  response.writeHead(301, {
    Location: location,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(page)),
  });
  response.end(page);
}
