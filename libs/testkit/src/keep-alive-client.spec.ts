import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KeepAliveClient, type RequestFailed } from './keep-alive-client.ts';

describe('KeepAliveClient', () => {
  let server: Server;
  let client: KeepAliveClient;
  let connections = 0;
  beforeEach(async () => {
    connections = 0;
    server = createServer((request, response) => {
      if (request.url === '/broken') request.socket.destroy();
      else if (request.url !== '/silent') response.end('{"a":1}');
    });
    server.on('connection', () => {
      connections++;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = new KeepAliveClient({ port: (server.address() as AddressInfo).port });
  });
  afterEach(async () => {
    client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const failureOf = (promise: Promise<unknown>): Promise<RequestFailed> =>
    promise.then(
      () => Promise.reject(new Error('it was answered')),
      (error) => error,
    );

  it('keeps its connection', async () => {
    for (let at = 0; at < 5; at++) {
      expect((await client.exchange('GET', '/')).json()).toEqual({ a: 1 });
    }
    expect(connections).toBe(1);
  });

  it('tells what may have arrived from what certainly did not', async () => {
    expect((await failureOf(client.exchange('PUT', '/broken', 'x'))).sent).toBe(true);
    expect((await failureOf(client.exchange('PUT', '/silent', 'x', 50))).sent).toBe(true);
    const nobody = new KeepAliveClient({ port: 1 });
    expect((await failureOf(nobody.exchange('PUT', '/', 'x'))).sent).toBe(false);
    const nowhere = new KeepAliveClient({ socketPath: '/nowhere.sock' });
    expect((await failureOf(nowhere.exchange('PUT', '/', 'x'))).sent).toBe(false);
  });
});
