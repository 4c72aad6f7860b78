/** What a sidecar's public listener does with strangers: refused, logged, counted; and with one of the mesh. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, MeshPair, requireTool, run, until } from '@mesh/testkit';
import { createCertifier } from '@mesh/x509';

const HOUR_MS = 3_600_000;

interface Files {
  readonly cert: string;
  readonly key: string;
}

/** An authority of the test's own: it can sign what the mesh never would. */
class Signer {
  readonly certifier = createCertifier();
  certPem = '';
  keyPem = '';

  async create(): Promise<this> {
    this.keyPem = await this.certifier.createKey('ec', 256);
    this.certPem = await this.certifier.createRoot({
      ...{ keyPem: this.keyPem, commonName: 'an own root', uri: 'spiffe://own.consul' },
      ...{ notBeforeMs: Date.now() - HOUR_MS, notAfterMs: Date.now() + 24 * HOUR_MS },
    });
    return this;
  }

  /** A certificate, and its key, for a SPIFFE ID. Times are hours from now. */
  async leaf(path: string, uri: string, fromH: number, toH: number): Promise<Files> {
    const { certifier, certPem, keyPem } = this;
    const own = await certifier.createKey('ec', 256);
    const csrPem = await certifier.createCsr({ keyPem: own, commonName: 'web', uri });
    const cert = await certifier.signLeaf({
      ...{ csrPem, commonName: 'web', uri, issuer: { certPem, keyPem } },
      notBeforeMs: Date.now() + fromH * HOUR_MS,
      notAfterMs: Date.now() + toH * HOUR_MS,
    });
    writeFileSync(`${path}.pem`, cert);
    writeFileSync(`${path}.key`, own, { mode: 0o600 });
    return { cert: `${path}.pem`, key: `${path}.key` };
  }
}

describe('the mesh from outside', () => {
  let pair: MeshPair;
  let signer: Signer;
  let trustDomain: string;
  beforeAll(async () => {
    signer = await new Signer().create();
    pair = await MeshPair.start({ ca: { root_cert: signer.certPem, private_key: signer.keyPem } });
    const { text } = await pair.agent.http('GET', '/v1/connect/ca/roots');
    trustDomain = (JSON.parse(text) as { TrustDomain: string }).TrustDomain;
  }, 60_000);
  afterAll(() => pair?.stop());

  const service = (name: string, domain = trustDomain) =>
    `spiffe://${domain}/ns/default/dc/dc1/svc/${name}`;
  const path = (name: string) => join(pair.folder, name);

  /** What `openssl s_client` gets back of a line that it sends: the line, or '' where it is refused. */
  function sent(files: Files | undefined, ...more: readonly string[]): Promise<string> {
    const certificate = files ? ['-cert', files.cert, '-key', files.key] : [];
    const args = ['s_client', '-connect', `127.0.0.1:${pair.publicPort}`, '-quiet'];
    const child = spawn('openssl', [...args, ...certificate, ...more]);
    return new Promise((resolve, reject) => {
      let answer = '';
      child.stdout.on('data', (chunk) => {
        answer += chunk;
        // It stays for more, whatever comes.
        if (answer.includes('\n')) child.kill();
      });
      child.stdin.on('error', () => {});
      child.stdin.write('is anybody there?\n');
      child.on('error', reject);
      child.on('close', () => resolve(answer));
    });
  }

  async function expectRefused(reason: string, files: Files | undefined): Promise<void> {
    const series = `denials_total{reason="${reason}"}`;
    const logged = pair.socat.logged(`reason="${reason}"`);
    const counted = await pair.socat.metric(series);
    expect(await sent(files)).toBe('');
    await until(reason, () => pair.socat.logged(`reason="${reason}"`) === logged + 1);
    expect(await pair.socat.metric(series)).toBe(counted + 1);
  }

  it('refuses who has no certificate', async () => {
    if (!requireTool('openssl')) return;
    await expectRefused('no certificate', undefined);
  });

  it('refuses a certificate of another authority', async () => {
    if (!requireTool('openssl')) return;
    const stranger = await new Signer().create();
    await expectRefused(
      'unknown authority',
      await stranger.leaf(path('stranger'), service('web'), -1, 1),
    );
  });

  it('refuses one that has expired, or is not valid yet', async () => {
    if (!requireTool('openssl')) return;
    const uri = service('web');
    await expectRefused('expired certificate', await signer.leaf(path('old'), uri, -2, -1));
    await expectRefused('expired certificate', await signer.leaf(path('early'), uri, 1, 2));
  });

  it('refuses one that names no service, or one of another trust domain', async () => {
    if (!requireTool('openssl')) return;
    const root = await signer.leaf(path('root'), `spiffe://${trustDomain}`, -1, 1);
    await expectRefused('no service', root);
    const other = service('web', '11111111-2222-3333-4444-555555555555.consul');
    await expectRefused('other trust domain', await signer.leaf(path('other'), other, -1, 1));
  });

  it('refuses a service that an intention denies, and lets in another one', async () => {
    if (!requireTool('openssl')) return;
    const denied = await signer.leaf(path('denied'), service('denied'), -1, 1);
    const create = ['intention', 'create', '-deny', 'denied', 'socat'];
    expect((await pair.agent.cli(create)).code).toBe(0);
    await until('the intention', async () => (await pair.socat.metric('intentions')) === 1);
    await expectRefused('denied by intention', denied);
    const other = await signer.leaf(path('welcome'), service('welcome'), -1, 1);
    expect(await sent(other)).toBe('is anybody there?\n');
  });

  it('refuses an old TLS and what is no TLS', async () => {
    if (!requireTool('openssl')) return;
    const failed = (reason: string) =>
      pair.socat.metric(`handshakes_failed_total{side="server",reason="${reason}"}`);
    expect(await sent(undefined, '-tls1_1', '-cipher', 'ALL:@SECLEVEL=0')).toBe('');
    await until('old tls', async () => (await failed('old tls')) === 1);
    const plain = await pair.converse('GET / HTTP/1.0\r\n\r\n', pair.publicPort);
    expect(plain.back.toString()).not.toContain('GET');
    await until('no tls', async () => (await failed('no tls')) === 1);
    expect(pair.socat.logged('reason="no tls"')).toBe(1);
  });

  it('lets in a certificate of the mesh, whose chain verifies', async () => {
    if (!requireTool('openssl')) return;
    const { text } = await pair.agent.http('GET', '/v1/agent/connect/ca/leaf/web');
    const leaf = JSON.parse(text) as {
      readonly [name in 'CertPEM' | 'PrivateKeyPEM' | 'ServiceURI']: string;
    };
    const roots = await pair.agent.http('GET', '/v1/connect/ca/roots?pem=true');
    writeFileSync(path('roots.pem'), roots.text);
    writeFileSync(path('web.pem'), leaf.CertPEM);
    writeFileSync(path('web.key'), leaf.PrivateKeyPEM, { mode: 0o600 });
    expect(leaf.ServiceURI).toBe(service('web'));
    const verified = await run('openssl', [
      ...['verify', '-x509_strict', '-purpose', 'sslclient'],
      ...['-CAfile', path('roots.pem'), path('web.pem')],
    ]);
    expect(verified).toMatchObject({ code: 0, stdout: `${path('web.pem')}: OK\n` });
    const shown = await run('openssl', [
      ...['x509', '-in', path('web.pem'), '-noout', '-ext', 'subjectAltName'],
    ]);
    expect(shown.stdout).toContain(`URI:${service('web')}`);
    expect(
      await sent(
        { cert: path('web.pem'), key: path('web.key') },
        ...['-CAfile', path('roots.pem'), '-verify_return_error'],
      ),
    ).toBe('is anybody there?\n');
  });

  it('does not talk to an instance whose certificate names another service', async () => {
    // Somebody registers himself as an instance of db: his certificate says what he is.
    const { socat, agent, publicPort } = pair;
    const impostor = {
      ...{ Kind: 'connect-proxy', Name: 'db-proxy', ID: 'impostor', Port: publicPort },
      Proxy: { DestinationServiceName: 'db' },
    };
    const answer = await agent.http('PUT', '/v1/agent/service/register', impostor);
    expect(answer.status).toBe(200);
    const [port, metrics] = (await freePorts(2)) as [number, number];
    const client = pair.sidecar(['-service=client', `-upstream=db:${port}`], metrics);
    try {
      await client.says('Starting listener');
      await until('the instance', async () => {
        expect((await pair.converse('hello', port)).back.toString()).toBe('');
        return (await client.metric('denials_total{reason="other service"}')) > 0;
      });
      await client.says('its certificate is refused: other service (socat of dc1, not db of dc1)');
      expect(socat.log()).not.toContain('connection passed on: from=client');
    } finally {
      await client.dispose();
    }
  });

  it('status shows what was refused', async () => {
    const { code, stdout } = await pair.socat.status('-sidecar-for=socat');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Refused +.*no certificate 1/m);
    expect(stdout).toContain(service('socat'));
  });
});
