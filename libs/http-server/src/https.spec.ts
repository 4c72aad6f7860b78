import { request } from 'node:https';
import { connect } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { HttpConfig, TlsConfig } from '@mesh/config';
import { jsonReply } from '@mesh/resource';
import { CertificateFolder, newAuthority } from '@mesh/testkit';
import WebSocket from 'ws';
import type { HttpServer } from './http-server.ts';
import { boundRoute, RIG_CONFIG, startRig } from './testing/server-rig.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
  /** Name in the certificate of the server. */
  readonly server: string;
}

describe('HTTPS', () => {
  let folder: CertificateFolder;
  let server: HttpServer;
  let port: number;
  /** What a client shows and trusts. */
  let trusted: { ca: string; cert?: string; key?: string; servername: string };
  let ours: { ca: string; cert: string; key: string; servername: string };
  beforeAll(async () => {
    folder = await CertificateFolder.create();
    const { certPem: cert, keyPem: key } = await folder.issue('cli.dc1.consul');
    trusted = { ca: folder.ca.certPem, servername: 'server.dc1.consul' };
    ours = { ...trusted, cert, key };
  });
  afterEach(() => server.stop());
  afterAll(() => folder.remove());

  const https = (more: Partial<TlsConfig> = {}): HttpConfig['https'] => ({
    listen: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }],
    handshakeTimeoutMs: 5000,
    tls: folder.config(more),
  });

  async function start(config: Partial<HttpConfig> = {}): Promise<void> {
    const route = boundRoute({ path: '/v1/status/leader' }, () => jsonReply('leader'));
    server = await startRig([route], { https: https(), ...config });
    const [bound] = server.secureAddresses;
    port = bound?.kind === 'tcp' ? bound.port : 0;
  }

  function get(client: object): Promise<Answer> {
    const options = { host: '127.0.0.1', port, path: '/v1/status/leader', agent: false };
    return new Promise((resolve, reject) => {
      const sent = request({ ...options, ...client }, async (incoming) => {
        const { subject } = (incoming.socket as TLSSocket).getPeerCertificate();
        let body = '';
        for await (const chunk of incoming) body += chunk;
        resolve({ status: incoming.statusCode ?? 0, body, server: subject.CN as string });
      });
      sent.on('error', reject);
      sent.end();
    });
  }

  const leader = { status: 200, body: '"leader"', server: 'server.dc1.consul' };

  it('answers as HTTP does, beside it', async () => {
    await start();
    expect(server.addresses).toHaveLength(1);
    expect(server.secureAddresses).toHaveLength(1);
    expect(await get(trusted)).toEqual(leader);
  });

  it('offers the WebSocket too', async () => {
    await start();
    const socket = new WebSocket(`wss://127.0.0.1:${port}/v1/live`, { ...trusted });
    const pushed = new Promise<string>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (data) => resolve(String(data)));
      socket.on('open', () => socket.send('{"id":"1","path":"/v1/status/leader"}'));
    });
    expect(JSON.parse(await pushed)).toMatchObject({ id: '1' });
    socket.terminate();
  });

  it('refuses clients without a certificate of the CA, where it verifies them', async () => {
    await start({ https: https({ verifyIncomingHttps: true }) });
    const code = expect.stringContaining('CERTIFICATE_REQUIRED');
    await expect(get(trusted)).rejects.toMatchObject({ code });
    const { certPem, keyPem } = await folder.issue('cli.dc1.consul', await newAuthority());
    await expect(get({ ...ours, cert: certPem, key: keyPem })).rejects.toThrow();
    expect(await get(ours)).toEqual(leader);
  });

  it('says nothing to plain HTTP', async () => {
    await start();
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => undefined);
    socket.write('GET /v1/status/leader HTTP/1.1\r\nHost: x\r\n\r\n');
    let said = '';
    socket.on('data', (chunk) => {
      said += chunk.toString('latin1');
    });
    await new Promise((resolve) => socket.once('close', resolve));
    expect(said).not.toContain('leader');
    expect(await get(trusted)).toEqual(leader);
  });

  it('counts its connections among those of a client', async () => {
    await start({ maxConnectionsPerClient: 1 });
    const first = connectTls({ host: '127.0.0.1', port, ...trusted });
    await new Promise((resolve) => first.once('secureConnect', resolve));
    await expect(get(trusted)).rejects.toThrow();
    first.destroy();
    server.reconfigure({ ...RIG_CONFIG, https: https() });
    expect(await get(trusted)).toEqual(leader);
  });

  it('takes new certificates while it runs, and keeps the old ones where they are no good', async () => {
    const config = { ...RIG_CONFIG, https: https() };
    await start(config);
    const { certPem, keyPem } = await folder.issue('renewed.dc1.consul');
    folder.write('renewed.pem', certPem);
    folder.write('renewed-key.pem', keyPem);
    const renewed = https({
      certFile: folder.file('renewed.pem'),
      keyFile: folder.file('renewed-key.pem'),
    });
    const broken = https({ certFile: folder.file('none.pem') });
    expect(() => server.reconfigure({ ...config, https: broken })).toThrow(
      'cert_file: cannot read',
    );
    expect((await get(trusted)).server).toBe('server.dc1.consul');
    server.reconfigure({ ...config, https: renewed });
    const { server: name } = await get({ ...trusted, servername: 'renewed.dc1.consul' });
    expect(name).toBe('renewed.dc1.consul');
  });
});

it('HTTPS is not started with certificates that cannot be used', async () => {
  const folder = await CertificateFolder.create();
  const tls = folder.config({ keyFile: folder.file('none.pem') });
  const listen = [{ kind: 'tcp', host: '127.0.0.1', port: 0 } as const];
  const https = { listen, handshakeTimeoutMs: 0, tls };
  await expect(startRig([], { https })).rejects.toThrow('key_file: cannot read');
  folder.remove();
});
