import { load } from '../testing/load.ts';

const hcl = (text: string) => load(['-dev', '-hcl', text]).config;
const FILES = 'ca_file = "ca.pem" cert_file = "agent.pem" key_file = "agent-key.pem" ';

test.each([
  ['verify_outgoing = true', 'verify_outgoing: nothing can be verified without a CA'],
  ['verify_server_hostname = true', 'verify_server_hostname: nothing can be verified without'],
  ['verify_incoming = true', 'verify_incoming: nothing can be verified without a CA'],
  [
    'verify_incoming_rpc = true ca_path = "ca"',
    'verify_incoming_rpc: this agent has no certificate',
  ],
  [
    'verify_incoming_https = true ca_file = "ca"',
    'verify_incoming_https: this agent has no certif',
  ],
  ['cert_file = "agent.pem"', 'cert_file: a certificate needs its private key in key_file'],
  ['key_file = "agent.pem"', 'key_file: a private key needs its certificate in cert_file'],
  ['ports { https = 8501 }', 'ports.https: HTTPS needs a certificate: set cert_file and key_file'],
  ['auto_encrypt { tls = true }', 'auto_encrypt.tls: servers do not hand out certificates'],
  ['auto_encrypt { allow_tls = true }', 'auto_encrypt.allow_tls: servers do not hand out'],
])('%s is refused, naming source and key', (text, message) => {
  expect(() => hcl(text)).toThrow(`flags-0.hcl: ${message}`);
});

test('certificates, rules and protocol become one slice', () => {
  const { tls, warnings } = hcl(
    `${FILES} tls_min_version = "tls11" server_name = "agent.example"
     tls_cipher_suites = "TLS_A, TLS_B" tls_prefer_server_cipher_suites = true`,
  );
  expect(tls).toEqual({
    ...{ caFile: 'ca.pem', caPath: '', certFile: 'agent.pem', keyFile: 'agent-key.pem' },
    ...{ verifyIncomingRpc: false, verifyIncomingHttps: false, verifyOutgoing: false },
    ...{ verifyServerHostname: false, minVersion: 'tls11', cipherSuites: ['TLS_A', 'TLS_B'] },
    ...{ preferServerCipherSuites: true, serverName: 'agent.example', agentTlsForChecks: false },
  });
  expect(warnings.filter((line) => line.includes('tls'))).toEqual([]);
});

test.each([
  ['verify_incoming = true', { verifyIncomingRpc: true, verifyIncomingHttps: true }],
  ['verify_incoming_rpc = true', { verifyIncomingRpc: true, verifyIncomingHttps: false }],
  ['verify_incoming_https = true', { verifyIncomingRpc: false, verifyIncomingHttps: true }],
  ['verify_server_hostname = true', { verifyServerHostname: true, verifyOutgoing: true }],
])('%s means', (text, expected) => {
  expect(hcl(FILES + text).tls).toMatchObject(expected);
});

test('HTTPS listens where its port is, on its own addresses or those of clients', () => {
  const { https } = hcl(`${FILES} ports { https = 8501 } addresses { https = "127.0.0.2" }
    limits { https_handshake_timeout = "3s" }`).http;
  expect(https.listen).toEqual([{ kind: 'tcp', host: '127.0.0.2', port: 8501 }]);
  expect(https.handshakeTimeoutMs).toBe(3000);
  expect(https.tls.certFile).toBe('agent.pem');
  expect(hcl(FILES).http.https.listen).toEqual([]);
});
