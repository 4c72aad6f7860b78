import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { httpJsonClient, type JsonRequest } from './json-client.ts';

const ask = httpJsonClient(5000);
let server: Server | undefined;

async function listening(made: Server, scheme = 'http'): Promise<string> {
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return `${scheme}://127.0.0.1:${(made.address() as AddressInfo).port}/keys`;
}

const serving = (listener: RequestListener) => listening(createServer(listener));
const get = (url: string, caPem = ''): JsonRequest => ({ method: 'GET', url, caPem, bearer: '' });

afterEach(async () => {
  const stopping = server;
  server = undefined;
  stopping?.closeAllConnections();
  await new Promise<void>((resolve) => (stopping ? stopping.close(() => resolve()) : resolve()));
});

it('sends JSON with the token, and reads JSON', async () => {
  const url = await serving((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      const { method, headers } = request;
      response.statusCode = 201;
      response.end(JSON.stringify({ method, token: headers.authorization, text }));
    });
  });
  const sent = { method: 'POST', url, caPem: '', bearer: 'tok', body: { name: 'ä' } } as const;
  expect(await ask(sent)).toEqual({
    status: 201,
    body: { method: 'POST', token: 'Bearer tok', text: '{"name":"ä"}' },
  });
});

it('leaves out what is no JSON, and follows nobody elsewhere', async () => {
  const seen: (string | undefined)[] = [];
  const url = await serving((request, response) => {
    seen.push(request.url);
    response.writeHead(302, { Location: '/elsewhere' }).end('gone');
  });
  expect(await ask(get(url))).toEqual({ status: 302, body: undefined });
  expect(seen).toEqual(['/keys']);
});

it('reads no more than a key set may take', async () => {
  const url = await serving((_request, response) => {
    response.end(Buffer.alloc(2 * 1024 * 1024, ' '));
  });
  await expect(ask(get(url))).rejects.toThrow('the answer exceeds 1048576 bytes');
});

it('waits no longer than it may, whether for the answer or for its end', async () => {
  const hurried = httpJsonClient(50);
  const url = await serving((request, response) => {
    if (request.url === '/half') response.write('{');
  });
  await expect(hurried(get(url))).rejects.toThrow(`GET ${url}: no answer within 0.05s`);
  const half = hurried(get(url.replace('/keys', '/half')));
  await expect(half).rejects.toThrow('no answer within 0.05s');
  await expect(half).rejects.toMatchObject({ code: 'unavailable' });
});

it('names whom it could not reach', async () => {
  const refused = ask(get('http://127.0.0.1:1/keys'));
  await expect(refused).rejects.toThrow('GET http://127.0.0.1:1/keys: ');
  await expect(refused).rejects.toMatchObject({ code: 'unavailable' });
});

it('trusts who the certificate authority vouches for', async () => {
  const made = await generate([{ name: 'commonName', value: 'k8s' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  const tls = createTlsServer({ key: made.private, cert: made.cert }, (_request, response) => {
    response.end('{"keys":[]}');
  });
  const url = await listening(tls, 'https');
  expect(await ask(get(url, made.cert))).toEqual({ status: 200, body: { keys: [] } });
  await expect(ask(get(url))).rejects.toMatchObject({ code: 'unavailable' });
});
