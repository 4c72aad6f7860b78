import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type ConnectionOptions, connect, createServer, type TLSSocket } from 'node:tls';
import type { TlsConfig } from '@mesh/config';
import { CertificateFolder, NO_TLS } from '@mesh/testkit';
import { HttpsCredentials } from './https-credentials.ts';

describe('material', () => {
  let folder: CertificateFolder;
  beforeAll(async () => {
    folder = await CertificateFolder.create();
  });
  afterAll(() => folder.remove());

  /** Connects a client to a server with the configuration; resolves with version and suite, or the reason. */
  async function meet(config: Partial<TlsConfig>, client: ConnectionOptions): Promise<string> {
    const credentials = new HttpsCredentials(folder.config(config));
    const server = createServer(credentials.options, (socket) => socket.end());
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const ca = folder.ca.certPem;
    const servername = 'server.dc1.consul';
    const socket: TLSSocket = connect({ host: '127.0.0.1', port, ca, servername, ...client });
    try {
      await once(socket, 'secureConnect');
      socket.resume();
      const shown = `${socket.getProtocol()} ${socket.getCipher().name}`;
      await once(socket, 'end');
      return shown;
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      socket.destroy();
      server.close();
    }
  }

  const OLD: ConnectionOptions = { maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' };
  const TWELVE: ConnectionOptions = { maxVersion: 'TLSv1.2' };

  it.each([
    ['tls12', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'],
    ['tls11', 'TLSv1.1 ECDHE-ECDSA-AES256-SHA'],
    ['tls10', 'TLSv1.1 ECDHE-ECDSA-AES256-SHA'],
  ] as const)('with tls_min_version %s meets a client of TLS 1.1 with %s', async (min, met) => {
    expect(await meet({ minVersion: min }, { minVersion: 'TLSv1', ...OLD })).toBe(met);
  });

  it('takes the suites that are configured, and no other', async () => {
    const cipherSuites = [
      'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256',
      'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    ];
    const names = ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA256'];
    const client = { ...TWELVE, ciphers: names.join(':') };
    expect(await meet({ cipherSuites }, client)).toBe(`TLSv1.2 ${names[0]}`);
    const order = { cipherSuites, preferServerCipherSuites: true };
    expect(await meet(order, client)).toBe(`TLSv1.2 ${names[1]}`);
    const other = { ...TWELVE, ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' };
    expect(await meet({ cipherSuites }, other)).toBe('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE');
  });

  it('asks clients of HTTPS for a certificate where it is to', async () => {
    const verify = { verifyIncomingHttps: true };
    const { certPem: cert, keyPem: key } = await folder.issue('cli.dc1.consul');
    expect(await meet(verify, TWELVE)).toBe('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE');
    expect(await meet(verify, { ...TWELVE, cert, key })).toMatch(/^TLSv1\.2 /);
    expect(await meet({}, TWELVE)).toMatch(/^TLSv1\.2 /);
  });

  it('of HTTPS is not without a certificate, and verifies nobody without a CA', () => {
    expect(() => new HttpsCredentials(NO_TLS)).toThrow('cert_file: HTTPS needs a certificate');
    const config = folder.config({ verifyIncomingHttps: true });
    expect(() => new HttpsCredentials({ ...config, caFile: '' })).toThrow(
      'verify_incoming_https: there is no CA',
    );
    const credentials = new HttpsCredentials(config);
    expect(() => credentials.reload({ ...config, caFile: '' })).toThrow('there is no CA');
    expect(credentials.context.ca).toBeDefined();
  });
});
