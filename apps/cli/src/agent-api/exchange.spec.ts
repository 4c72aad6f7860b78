import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { FakeServer } from '../testing/fake-server.ts';
import { type EndpointSettings, resolveEndpoint } from './endpoint.ts';
import { exchange, stream } from './exchange.ts';

const NONE: EndpointSettings = {
  address: '',
  token: '',
  tokenFile: '',
  auth: '',
  ssl: false,
  sslVerify: true,
  caFile: '',
  caPath: '',
  clientCert: '',
  clientKey: '',
  tlsServerName: '',
};
const GET = { method: 'GET', target: '/v1/x' };

function endpointOf(settings: Partial<EndpointSettings>) {
  return resolveEndpoint({ ...NONE, ...settings }, () => '');
}

/** A server that does with each connection what the test says. */
async function rawServer(onConnection: (socket: Socket) => void) {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {});
    onConnection(socket);
    // A socket that nobody reads from never learns that the other end is gone.
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { address, stop: () => new Promise((resolve) => server.close(resolve)) };
}

describe('exchange', () => {
  it('sends method, target, headers and body; takes the answer', async () => {
    const server = await FakeServer.start(() => ({
      status: 201,
      headers: { 'X-Consul-Index': '5' },
      body: 'answer',
    }));
    const body = Buffer.from([0, 255, 10]);
    const { address } = server;
    const endpoint = endpointOf({ address, token: 'secret' });
    const answer = await exchange(endpoint, { method: 'PUT', target: '/v1/kv/a?flags=1', body });
    await server.stop();
    expect([answer.status, answer.headers.get('x-consul-index')]).toEqual([201, '5']);
    expect(answer.body.toString()).toBe('answer');
    const seen = server.seen[0]!;
    expect([seen.method, seen.url, seen.body]).toEqual([
      'PUT',
      '/v1/kv/a?flags=1',
      body.toString(),
    ]);
    expect(seen.headers).toMatchObject({
      host: address,
      'x-consul-token': 'secret',
      'content-length': '3',
      connection: 'close',
    });
  });

  it('takes large bodies both ways', async () => {
    const server = await FakeServer.start(({ body }) => ({ body: body.repeat(3) }));
    const body = Buffer.from('abcdefgh'.repeat(100_000));
    const endpoint = endpointOf({ address: server.address });
    const answer = await exchange(endpoint, { method: 'PUT', target: '/', body });
    await server.stop();
    expect(answer.body.length).toBe(2_400_000);
  });

  it('talks through a unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mesh-cli-'));
    const path = join(folder, 'agent.sock');
    const server = await FakeServer.start(() => ({ body: 'x' }), path);
    const answer = await exchange(endpointOf({ address: `unix://${path}` }), GET);
    await server.stop();
    rmSync(folder, { recursive: true });
    expect(answer.body.toString()).toBe('x');
  });

  it('names what is wrong with a connection', async () => {
    const failure = (address: string) => exchange(endpointOf({ address }), GET);
    await expect(failure('127.0.0.1:1')).rejects.toThrow(
      /^dial tcp 127\.0\.0\.1:1: connect: connection refused$/,
    );
    await expect(failure('unix:///nowhere.sock')).rejects.toThrow(
      /^dial unix \/nowhere\.sock: connect: no such file or directory$/,
    );
    await expect(failure('host.invalid:8500')).rejects.toThrow(
      /^dial tcp: lookup host\.invalid: no such host$/,
    );
  });

  it('a server that hangs up is an error, whenever it does', async () => {
    const server = await rawServer((socket) => socket.once('data', () => socket.end()));
    await expect(exchange(endpointOf({ address: server.address }), GET)).rejects.toThrow(/^EOF$/);
    await server.stop();
    const half = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf';
    const other = await rawServer((socket) => socket.once('data', () => socket.end(half)));
    await expect(exchange(endpointOf({ address: other.address }), GET)).rejects.toThrow(
      'unexpected EOF',
    );
    await other.stop();
  });

  it('an answer counts even when the server resets the connection behind it', async () => {
    const text = 'HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig';
    const server = await rawServer((socket) => {
      socket.once('data', () => socket.write(text, () => socket.resetAndDestroy()));
    });
    const answer = await exchange(endpointOf({ address: server.address }), GET);
    expect([answer.status, answer.body.toString()]).toEqual([413, 'big']);
    await server.stop();
  });

  it('streams, and ends with its signal', async () => {
    let closed: (() => void) | undefined;
    const hungUp = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const server = await rawServer((socket) => {
      socket.on('close', () => closed!());
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nline1\r\n');
    });
    const abort = new AbortController();
    const work = stream(
      endpointOf({ address: server.address }),
      { ...GET, signal: abort.signal },
      { onHead() {}, onBody: () => abort.abort(new Error('enough')) },
    );
    await expect(work).rejects.toThrow('enough');
    await hungUp;
    await server.stop();
  });
});

describe('exchange over TLS', () => {
  let folder: string;
  let server: HttpsServer;
  let address: string;
  const file = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mesh-cli-'));
    const subjectAltName = {
      name: 'subjectAltName',
      altNames: [{ type: 2, value: 'server.dc1.consul' }],
    };
    const pems = await generate([{ name: 'commonName', value: 'server.dc1.consul' }], {
      keyType: 'ec',
      extensions: [{ name: 'basicConstraints', cA: true }, subjectAltName] as never,
    });
    writeFileSync(file('ca.pem'), pems.cert);
    writeFileSync(file('key.pem'), pems.private);
    const options = {
      cert: pems.cert,
      key: pems.private,
      requestCert: true,
      rejectUnauthorized: false,
    };
    server = createHttpsServer(options, (request, response) => {
      const socket = request.socket as unknown as { getPeerCertificate(): { subject?: unknown } };
      response.end(socket.getPeerCertificate().subject ? 'client known' : 'client unknown');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  const ask = async (settings: Partial<EndpointSettings>) =>
    (await exchange(endpointOf({ address, ...settings }), GET)).body.toString();

  it('insists on a certificate of a known CA for the right name', async () => {
    await expect(ask({})).rejects.toThrow('x509: certificate signed by unknown authority');
    const trusted = { caFile: file('ca.pem') };
    await expect(ask(trusted)).rejects.toThrow(/^x509: .* altnames.*-tls-server-name$/);
    expect(await ask({ ...trusted, tlsServerName: 'server.dc1.consul' })).toBe('client unknown');
  });

  it('does not, when told so', async () => {
    expect(await ask({ sslVerify: false })).toBe('client unknown');
  });

  it('shows a client certificate', async () => {
    const certificate = { clientCert: file('ca.pem'), clientKey: file('key.pem') };
    expect(await ask({ sslVerify: false, ...certificate })).toBe('client known');
    await expect(ask({ clientCert: file('ca.pem') })).rejects.toThrow('needs both');
    const swapped = { clientCert: file('key.pem'), clientKey: file('ca.pem') };
    const shown = `TLS: ${swapped.clientCert}, ${swapped.clientKey} cannot be used: `;
    await expect(ask({ sslVerify: false, ...swapped })).rejects.toThrow(shown);
  });

  it('takes a folder of CAs, and names a file that it cannot read', async () => {
    const caPath = mkdtempSync(join(tmpdir(), 'mesh-ca-'));
    const inFolder = { caPath, tlsServerName: 'server.dc1.consul' };
    writeFileSync(join(caPath, 'a.pem'), 'nothing');
    await expect(ask(inFolder)).rejects.toThrow('x509: certificate signed by unknown authority');
    writeFileSync(join(caPath, 'b.pem'), readFileSync(file('ca.pem')));
    expect(await ask(inFolder)).toBe('client unknown');
    rmSync(caPath, { recursive: true });
    await expect(ask({ caPath })).rejects.toThrow('Error loading CA path');
    await expect(ask({ caFile: file('none.pem') })).rejects.toThrow('Error loading CA file');
  });

  it('plain text to a TLS port is an error, and so is the reverse', async () => {
    const plain = endpointOf({ address: address.replace('https://', '') });
    await expect(exchange(plain, GET)).rejects.toThrow(/^EOF$|connection reset/);
    const http = await FakeServer.start(() => ({}));
    const toPlain = ask({ address: `https://${http.address}` });
    await expect(toPlain).rejects.toThrow('tls: first record does not look like a TLS handshake');
    await http.stop();
  });
});
