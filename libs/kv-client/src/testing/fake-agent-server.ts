import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FetchLike } from '@mesh/api-client';

/** Serves a function of the shape of fetch over HTTP on loopback. */
export async function serve(
  fetch: FetchLike,
): Promise<{ readonly address: string; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    const abort = new AbortController();
    response.on('close', () => abort.abort());
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      try {
        const body = new Uint8Array(Buffer.concat(chunks));
        const init = { method: request.method!, headers: {}, body, signal: abort.signal };
        const answer = await fetch(`http://fake${request.url}`, init);
        const index = answer.headers.get('x-consul-index');
        response.writeHead(answer.status, index ? { 'X-Consul-Index': index } : {});
        response.end(await answer.text());
      } catch {
        response.destroy();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
