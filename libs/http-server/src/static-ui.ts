import { join } from 'node:path';
import express, { type RequestHandler, Router } from 'express';

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
<p>The agent is running. The Web UI is not part of this build yet; the HTTP API is:</p>
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
      response.set('Allow', 'GET,HEAD').status(405).type('text/plain');
      response.send(`method ${request.method} not allowed`);
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
