/** Demo: a page that asks its upstream through the mesh, and says what it answered. */
import { createServer, get } from 'node:http';

const port = Number(process.env.PORT);
const upstream = process.env.UPSTREAM;

function ask() {
  return new Promise((resolve, reject) => {
    const request = get(upstream, { timeout: 5000, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer within 5 s')));
    request.on('error', reject);
  });
}

const escaped = (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

function page(title, text) {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Mesh demo</title>
<body><h1>${title}</h1><p>web asked api through both sidecars; it said:</p><pre>${escaped(text)}</pre></body></html>\n`;
}

const server = createServer(async (request, response) => {
  if (request.url === '/healthz') return response.end('ok\n');
  response.setHeader('content-type', 'text/html; charset=utf-8');
  try {
    response.end(page('web reached api', await ask()));
  } catch (error) {
    response.statusCode = 502;
    response.end(page('web did not reach api', String(error.message)));
  }
});
server.listen(port, '0.0.0.0');
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
