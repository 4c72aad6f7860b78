import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyType } from '@mesh/connect-ca';
import { requireTool } from '@mesh/testkit';
import { createCertifier } from './lazy-certifier.ts';

const certifier = createCertifier();
const DAY_MS = 86_400_000;
const NOW_MS = Math.floor(Date.now() / 1000) * 1000;
const TRUST = 'spiffe://6101e606-3551-fa80-e0e5-5ab31b599d41.consul';
const WEB = `${TRUST}/ns/default/dc/dc1/svc/web`;
const valid = { notBeforeMs: NOW_MS - 60_000, notAfterMs: NOW_MS + DAY_MS };

async function authority(type: KeyType = 'ec', bits = 256) {
  const keyPem = await certifier.createKey(type, bits);
  const commonName = 'pri-abc.consul.ca.6101e606.consul';
  const certPem = await certifier.createRoot({ ...valid, keyPem, commonName, uri: TRUST });
  return { keyPem, certPem };
}

async function leafOf(issuer: { keyPem: string; certPem: string }, type: KeyType = 'ec') {
  const keyPem = await certifier.createKey(type, type === 'ec' ? 256 : 2048);
  const subject = { commonName: 'web.svc.default.6101e606.consul', uri: WEB };
  const csrPem = await certifier.createCsr({ keyPem, ...subject });
  return { keyPem, certPem: await certifier.signLeaf({ ...valid, ...subject, csrPem, issuer }) };
}

describe('with openssl', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-x509-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function openssl(args: readonly string[], files: Readonly<Record<string, string>>): string {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const done = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    return done.stdout + done.stderr;
  }

  it.each([
    ['ec', 256],
    ['ec', 384],
    ['ec', 521],
    ['rsa', 2048],
  ] as const)('a chain of %s %d verifies', async (type, bits) => {
    if (!requireTool('openssl')) return;
    const root = await authority(type, bits);
    const leaf = await leafOf(root);
    const verify = ['verify', '-x509_strict', '-CAfile', 'root.pem', 'leaf.pem'];
    const files = { 'root.pem': root.certPem, 'leaf.pem': leaf.certPem };
    // A strict look wants a key id of the issuer that a root of the original has as well.
    expect(openssl(verify, files)).toContain('leaf.pem: OK');
    expect(await certifier.isKeyOf(leaf.keyPem, leaf.certPem)).toBe(true);
    expect(await certifier.isKeyOf(root.keyPem, leaf.certPem)).toBe(false);
  });

  it('certificates say what those of the original say', async () => {
    if (!requireTool('openssl')) return;
    const root = await authority();
    const text = (pem: string) =>
      openssl(['x509', '-in', 'one.pem', '-noout', '-text'], { 'one.pem': pem });
    const rootText = text(root.certPem);
    for (const line of [
      'Signature Algorithm: ecdsa-with-SHA256',
      'X509v3 Key Usage: critical\n                Digital Signature, Certificate Sign, CRL Sign',
      'X509v3 Basic Constraints: critical\n                CA:TRUE\n',
      `URI:${TRUST}\n`,
    ]) {
      expect(rootText).toContain(line);
    }
    const leafText = text((await leafOf(root)).certPem);
    for (const line of [
      'Subject: CN = web.svc.default.6101e606.consul',
      'Digital Signature, Key Encipherment, Data Encipherment, Key Agreement',
      'TLS Web Client Authentication, TLS Web Server Authentication',
      'X509v3 Basic Constraints: critical\n                CA:FALSE',
      `URI:${WEB}\n`,
    ]) {
      expect(leafText).toContain(line);
    }
    const keyIds = /X509v3 Subject Key Identifier: \n\s+([0-9A-F:]{95})\n/;
    expect(leafText).toMatch(keyIds);
    expect(leafText).toContain(keyIds.exec(rootText)![1]!);
  });

  it('a leaf of a new root is trusted by who trusts the old one, by the cross-signed one', async () => {
    if (!requireTool('openssl')) return;
    const [old, fresh] = [await authority(), await authority('rsa', 2048)];
    const crossed = await certifier.crossSign({ ...valid, certPem: fresh.certPem, issuer: old });
    const files = {
      'old.pem': old.certPem,
      'fresh.pem': fresh.certPem,
      'crossed.pem': crossed,
      'leaf.pem': (await leafOf(fresh)).certPem,
    };
    const verify = (...words: string[]) => openssl(['verify', ...words, 'leaf.pem'], files);
    expect(verify('-CAfile', 'fresh.pem')).toContain('leaf.pem: OK');
    expect(verify('-CAfile', 'old.pem')).not.toContain('OK');
    expect(verify('-CAfile', 'old.pem', '-untrusted', 'crossed.pem')).toContain('leaf.pem: OK');
  });
});

it('reads what it made', async () => {
  const root = await authority('ec', 384);
  const facts = await certifier.readCertificate(root.certPem);
  expect(facts).toMatchObject({
    ...{ uris: [TRUST], isCa: true, keyType: 'ec', keyBits: 384, ...valid },
    commonName: 'pri-abc.consul.ca.6101e606.consul',
    fingerprint: expect.stringMatching(/^([0-9a-f]{2}:){19}[0-9a-f]{2}$/),
    subjectKeyId: expect.stringMatching(/^([0-9a-f]{2}:){31}[0-9a-f]{2}$/),
  });
  const leaf = await certifier.readCertificate((await leafOf(root, 'rsa')).certPem);
  expect(leaf).toMatchObject({ uris: [WEB], isCa: false, keyType: 'rsa', keyBits: 2048 });
  expect(leaf.serialHex.length).toBe(32);
});

it('a request speaks for the key that signed it', async () => {
  const keyPem = await certifier.createKey('ec', 256);
  const csr = await certifier.createCsr({ keyPem, commonName: 'web', uri: WEB });
  expect(await certifier.readCsr(csr)).toEqual({ uris: [WEB], commonName: 'web' });
  const der = Buffer.from(csr.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  let unnoticed = 0;
  for (let at = 0; at < der.length; at++) {
    const bent = Buffer.from(der);
    bent[at]! ^= 0x04;
    const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${bent.toString('base64')}\n-----END CERTIFICATE REQUEST-----`;
    const read = await certifier.readCsr(pem).catch((error: Error) => error);
    // Whatever was bent, nothing else is read, and nothing but a refusal comes of it.
    if (!(read instanceof Error)) {
      expect(read).toEqual({ uris: [WEB], commonName: 'web' });
      unnoticed++;
    } else expect([at, read]).toEqual([at, expect.objectContaining({ code: 'invalid-argument' })]);
  }
  // Bits of the outermost wrapping that a reader need not look at.
  expect(unnoticed).toBeLessThan(4);
});

it.each(['', 'x', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])(
  'what is no certificate, request or key is refused: %j',
  async (text) => {
    const refusal = expect.objectContaining({ code: 'invalid-argument' });
    await expect(certifier.readCertificate(text)).rejects.toEqual(refusal);
    await expect(certifier.readCsr(text)).rejects.toEqual(refusal);
    const csr = { keyPem: text, commonName: 'a', uri: WEB };
    await expect(certifier.createCsr(csr)).rejects.toEqual(refusal);
  },
);

it.each([
  ['ec', 255],
  ['ec', 224],
  ['rsa', 1024],
] as const)('keys of %s %d are not made', async (type, bits) => {
  await expect(certifier.createKey(type, bits)).rejects.toThrow(`${bits} bits`);
});
