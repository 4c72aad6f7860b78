import { X509Certificate } from 'node:crypto';
import type { TlsConfig } from '@mesh/config';
import { CertificateFolder, NO_TLS, newAuthority } from '@mesh/testkit';
import { RpcCredentials } from './rpc-credentials.ts';

const REMOTE = '10.2.0.1:8300';
const LOCAL = '10.1.0.1:8300';

describe('credentials of RPC', () => {
  let folder: CertificateFolder;
  beforeEach(async () => {
    folder = await CertificateFolder.create();
  });
  afterEach(() => folder.remove());

  const identity = {
    ...{ nodeName: 'node-1', datacenter: 'dc1', domain: 'consul.' },
    datacenterOf: (address: string) => (address === REMOTE ? 'dc2' : undefined),
  };
  const of = (config: TlsConfig, more = {}) => new RpcCredentials(config, { ...identity, ...more });

  it('without files are plain on both sides', () => {
    const { incoming, outgoing } = of(NO_TLS);
    expect(incoming.context()).toBeUndefined();
    expect(incoming.verify).toBe(false);
    expect(outgoing).toBeUndefined();
  });

  it('with a certificate take TLS, and ask nothing that is not configured', () => {
    const { incoming, outgoing } = of(folder.config());
    expect(incoming).toMatchObject({ verify: false, raftName: undefined });
    expect(incoming.context()).toMatchObject({ minVersion: 'TLSv1.2', ca: expect.any(String) });
    expect(outgoing).toBeUndefined();
  });

  it('ask servers for their name by the datacenter that they are in', () => {
    const rules = { verifyIncomingRpc: true, verifyOutgoing: true, verifyServerHostname: true };
    const { incoming, outgoing } = of(folder.config(rules));
    expect(incoming).toMatchObject({ verify: true, raftName: 'server.dc1.consul' });
    expect(outgoing?.verifyName).toBe(true);
    expect(outgoing?.nameOf(LOCAL)).toBe('server.dc1.consul');
    expect(outgoing?.nameOf(REMOTE)).toBe('server.dc2.consul');
  });

  it.each([
    [{}, {}, 'node-1'],
    [{ serverName: 'agent.example' }, {}, 'agent.example'],
    // No IP address may stand there.
    [{}, { nodeName: '10.0.0.1' }, 'server.dc1.consul'],
  ])('else tell them %j %j as a name', (config, more, expected) => {
    const { outgoing } = of(folder.config({ verifyOutgoing: true, ...config }), more);
    expect(outgoing?.verifyName).toBe(false);
    expect(outgoing?.nameOf(LOCAL)).toBe(expected);
  });

  it('are read again by a reload, and used when it is done', async () => {
    const credentials = of(folder.config({ verifyOutgoing: true }));
    const { incoming, outgoing } = credentials;
    const before = { options: incoming.context(), client: outgoing?.context() };
    expect(incoming.context()).toBe(before.options);
    const renewed = await folder.issue('renewed.dc1.consul');
    folder.write('agent.pem', renewed.certPem);
    folder.write('agent-key.pem', renewed.keyPem);
    const use = credentials.prepare(folder.config());
    expect(incoming.context()).toBe(before.options);
    use();
    const { subject } = new X509Certificate(incoming.context()?.cert as string);
    expect(subject).toBe('CN=renewed.dc1.consul');
    expect(outgoing?.context()).not.toBe(before.client);
  });

  it('are refused by a reload that cannot do what is verified', async () => {
    const credentials = of(folder.config({ verifyIncomingRpc: true }));
    const before = credentials.incoming.context();
    const { caFile } = folder.config();
    const lacks = (config: TlsConfig) => expect(() => credentials.prepare(config));
    lacks(NO_TLS).toThrow('verify_incoming: this agent has no certificate');
    lacks({ ...folder.config(), caFile: '' }).toThrow('there is no CA: set ca_file or ca_path');
    folder.write('agent-key.pem', (await newAuthority()).keyPem);
    lacks({ ...folder.config(), caFile }).toThrow('is not the key of the certificate');
    expect(credentials.incoming.context()).toBe(before);
  });

  it('are refused where OpenSSL has no use for them', () => {
    const config = { ...folder.config(), cipherSuites: ['TLS_RSA_WITH_RC4_128_SHA'] };
    expect(() => of(config)).toThrow(
      'tls_cipher_suites: "TLS_RSA_WITH_RC4_128_SHA" is not a suite that is offered, accepted are',
    );
  });
});
