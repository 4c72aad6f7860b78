/** Demo: counts how often it was asked. It listens on loopback alone. */
import { createServer } from 'node:http';

const port = Number(process.env.PORT);
let count = 0;

const server = createServer((request, response) => {
  if (request.url === '/healthz') return response.end('ok\n');
  response.setHeader('content-type', 'application/json');
  return response.end(JSON.stringify({ service: 'api', count: ++count }));
});
server.listen(port, '127.0.0.1');
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
