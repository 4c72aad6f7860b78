import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireTool } from '@mesh/testkit';
import { createAgentCa, createAgentCertificate, type Issued } from './index.ts';
import { isPermitted, nameConstraints, permittedDomains } from './name-constraints.ts';

const NOW_MS = Math.floor(Date.now() / 1000) * 1000;
const at = { nowMs: NOW_MS, days: 10 };

const authority = (...permittedDomains: string[]) => createAgentCa({ ...at, permittedDomains });
const server = (issuer: Issued, ...more: string[]) =>
  createAgentCertificate({
    ...{ ...at, issuer, commonName: 'server.dc1.consul', usages: ['server', 'client'] as const },
    ...{ dnsNames: ['server.dc1.consul', 'localhost', ...more], ipAddresses: ['127.0.0.1', '::1'] },
  });

describe('with openssl', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-agent-ca-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function openssl(line: string, files: Readonly<Record<string, string>> = {}): string {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const done = spawnSync('openssl', line.split(/ +/), { cwd: folder, encoding: 'utf8' });
    return done.stdout + done.stderr;
  }
  const verify = (ca: Issued, cert: Issued, more = '') =>
    openssl(`verify -x509_strict ${more} -CAfile ca.pem cert.pem`, {
      ...{ 'ca.pem': ca.certPem, 'cert.pem': cert.certPem },
    });

  it('a certificate is good for its names on both sides, and for no other', async () => {
    if (!requireTool('openssl')) return;
    const ca = await authority();
    const cert = await server(ca);
    for (const purpose of ['sslserver', 'sslclient']) {
      expect(verify(ca, cert, `-purpose ${purpose}`)).toContain('cert.pem: OK');
    }
    expect(verify(ca, cert, '-verify_hostname server.dc1.consul')).toContain('cert.pem: OK');
    expect(verify(ca, cert, '-verify_ip ::1')).toContain('cert.pem: OK');
    expect(verify(ca, cert, '-verify_hostname server.dc2.consul')).toContain('hostname mismatch');
    expect(verify(await authority(), cert)).toContain('verification failed');
  });

  it('name constraints are what openssl takes for such', async () => {
    if (!requireTool('openssl')) return;
    const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.example`;
    const ca = await authority('consul', 'localhost', long);
    const text = openssl('x509 -noout -text -in ca.pem', { 'ca.pem': ca.certPem });
    expect(text).toMatch(/X509v3 Name Constraints: critical\s+Permitted:\s+DNS:consul\s+DNS:local/);
    expect(verify(ca, await server(ca, `web.${long}`))).toContain('cert.pem: OK');
    await expect(server(ca, 'web.example.org')).rejects.toThrow(
      `the CA may not sign for "web.example.org": its name constraints permit consul, localhost, ${long}`,
    );
  });

  it('an authority of openssl signs too', async () => {
    if (!requireTool('openssl')) return;
    const request = 'req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out own.pem -days 2 -subj';
    openssl(`${request} /CN=own -addext nameConstraints=critical,permitted;DNS:.consul`);
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    const own = { certPem: read('own.pem'), keyPem: read('key.pem') };
    await expect(server(own)).rejects.toThrow('may not sign for "localhost"');
    openssl(`${request} /CN=own -addext keyUsage=keyCertSign`);
    const free = { certPem: read('own.pem'), keyPem: read('key.pem') };
    expect(verify(free, await server(free))).toContain('cert.pem: OK');
  });
});

describe('an issuer', () => {
  it('must be a CA, with its own key', async () => {
    const [ca, other] = await Promise.all([authority(), authority()]);
    await expect(server({ ...ca, keyPem: other.keyPem })).rejects.toThrow(
      "the CA's key does not fit its certificate",
    );
    await expect(server(await server(ca))).rejects.toThrow('is not that of a CA');
    await expect(server({ ...ca, keyPem: 'none' })).rejects.toThrow('the private key is no PEM');
  });
});

describe('permitted domains', () => {
  it('are read as they were written', () => {
    for (const domains of [['consul'], ['a', 'b.c', 'x'.repeat(300)]]) {
      expect(permittedDomains(nameConstraints(domains).value)).toEqual(domains);
    }
  });

  it('of anything that makes no sense are none', () => {
    const good = Buffer.from(nameConstraints(['consul', 'localhost']).value);
    for (let length = 0; length < good.length; length++) {
      const cut = permittedDomains(Uint8Array.from(good.subarray(0, length)).buffer);
      expect(cut ?? []).toEqual([]);
    }
    for (const bytes of [
      [0x30, 0x80],
      [0x30, 0x85, 1, 1, 1, 1, 1],
      [0x30, 0x82, 1],
      [0x02, 1, 1],
    ]) {
      expect(permittedDomains(Uint8Array.from(bytes).buffer)).toBeUndefined();
    }
  });

  it.each([
    ['consul', true],
    ['server.dc1.CONSUL', true],
    ['notconsul', false],
    ['consul.example', false],
    ['web.example.com', true],
  ])('of consul and .example.com: %s %s', (name, expected) => {
    expect(isPermitted(name, ['Consul', '.example.com'])).toBe(expected);
  });
});
