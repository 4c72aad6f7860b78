import { join } from 'node:path';
import express, { type RequestHandler, type Response, Router } from 'express';
import type { BuiltUi } from './built-ui.ts';
import { parseTarget } from './request-target.ts';

/** What the page without assets links to: the routes that a person looks at first. */
const LINKS: readonly (readonly [string, string])[] = [
  ['/v1/agent/self', 'this agent'],
  ['/v1/agent/members', 'members of the cluster'],
  ['/v1/catalog/nodes', 'nodes'],
  ['/v1/catalog/services', 'services'],
  ['/v1/health/state/any', 'health checks'],
  ['/v1/kv/?recurse', 'key/value store'],
  ['/v1/session/list', 'sessions'],
  ['/v1/event/list', 'recent events'],
];

/** Page shown at the UI's path while no UI assets are there. */
export function placeholderPage(): string {
  const items = LINKS.map(([path, title]) => `<li><a href="${path}">${title}</a></li>`).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mesh</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
</style>
</head>
<body>
<h1>Mesh</h1>
<p>The agent is running. The Web UI is not built (<code>npm run build</code>); the HTTP API is there:</p>
<ul>
${items}
</ul>
</body>
</html>
`;
}

/**
 * Serves the single-page UI below its mount point: files of `root`, and index.html for every other path, as
 * the page does its own routing. Without a root it serves a page of links.
 */
export function staticUi(root: string): RequestHandler {
  const router = Router();
  const page: RequestHandler = (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuseMethod(request.method, response);
      return;
    }
    if (root === '') response.type('html').send(placeholderPage());
    else response.sendFile(join(root, 'index.html'), (error) => error && next(error));
  };
  // Express refuses paths that leave the root, dot files, and NUL bytes.
  if (root !== '') router.use(express.static(root, { index: false, redirect: false }));
  router.use(page);
  return router;
}

/** Serves the UI that comes with the agent, below its mount point. */
export function serveBuiltUi(mount: string, ui: BuiltUi): RequestHandler {
  return (request, response, next) => {
    const { rawPath } = parseTarget(request.url);
    if (!rawPath.startsWith(mount) || isApi(mount, rawPath)) return next();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuseMethod(request.method, response);
      return;
    }
    const accepted = request.headers['accept-encoding'];
    const encodings = Array.isArray(accepted) ? accepted.join(',') : (accepted ?? '');
    const file = ui.file(rawPath.slice(mount.length), encodings);
    if (!file) {
      response.writeHead(404, { 'Content-Length': '0' }).end();
      return;
    }
    response.writeHead(200, { ...file.headers, 'Content-Length': String(file.bytes.length) });
    response.end(request.method === 'HEAD' ? undefined : file.bytes);
  };
}

/** Where the UI is mounted at the root, the API is below it. */
function isApi(mount: string, path: string): boolean {
  return mount === '/' && (path.startsWith('/v1/') || path.startsWith('/debug/'));
}

function refuseMethod(method: string, response: Response): void {
  response.set('Allow', 'GET,HEAD').status(405).type('text/plain');
  response.send(`method ${method} not allowed`);
}
