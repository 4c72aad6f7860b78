import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, runCommand } from '../testing/run-command.ts';

const DAY_MS = 86_400_000;
const WARNING = `==> WARNING: Server Certificates grants authority to become a
    server and access all state in the cluster including root keys
    and all ACL tokens. Do not distribute them to production hosts
    that are not server nodes. Store them as securely as CA keys.
`;
const USING = '==> Using consul-agent-ca.pem and consul-agent-ca-key.pem\n';
const CHOOSE = 'Please provide either -server, -client, or -cli\n';

const before = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesh-cli-tls-'));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

const tls = (line: string): Promise<Finished> => runCommand(['tls', ...line.split(' ')]);
const certificate = (name: string) => new X509Certificate(readFileSync(join(folder, name)));
const saved = (name: string) => `==> Saved ${name}.pem\n==> Saved ${name}-key.pem\n`;
const failed = (stderr: string): Finished => ({ code: 1, stdout: '', stderr });

/** Days that a certificate is valid. */
function daysOf({ validFrom, validTo }: X509Certificate): number {
  return (Date.parse(validTo) - Date.parse(validFrom)) / DAY_MS;
}

test('a CA and its certificates, as the original tells of them', async () => {
  const said = async (line: string) => {
    const { code, stdout, stderr } = await tls(line);
    return [code, stdout, stderr];
  };
  expect(await said('ca create')).toEqual([0, saved('consul-agent-ca'), '']);
  expect(await said('ca create')).toEqual([1, '', 'consul-agent-ca.pem already exists.\n']);
  const server = `${WARNING}${USING}${saved('dc1-server-consul-0')}`;
  expect(await said('cert create -server')).toEqual([0, server, '']);
  const client = `${USING}${saved('dc1-client-consul-0')}`;
  expect(await said('cert create -client')).toEqual([0, client, '']);
  expect(await said('cert create -cli')).toEqual([0, `${USING}${saved('dc1-cli-consul-0')}`, '']);
  expect(await said('cert create')).toEqual([1, '', CHOOSE]);
  expect(await said('cert create -server -client')).toEqual([1, '', CHOOSE]);
  const other = `${WARNING}${USING}${saved('dc2-server-consul-0')}`;
  expect(await said('cert create -server -dc dc2 -additional-dnsname a.b')).toEqual([0, other, '']);
});

test('keys are for their owner alone', async () => {
  await tls('ca create');
  await tls('cert create -client');
  for (const name of readdirSync(folder)) {
    const mode = statSync(join(folder, name)).mode & 0o777;
    expect([name, mode & ~0o022]).toEqual([name, name.endsWith('-key.pem') ? 0o600 : 0o644]);
  }
});

test('a CA is one, for as long and under the name that is asked for', async () => {
  expect(await tls('ca create -domain example.com -days 3')).toMatchObject({ code: 0 });
  const ca = certificate('example.com-agent-ca.pem');
  expect(ca.ca).toBe(true);
  expect(ca.subject).toMatch(/^CN=Consul Agent CA \d{30,}$/);
  expect(ca.verify(ca.publicKey)).toBe(true);
  expect(daysOf(ca)).toBe(3);
  const key = createPrivateKey(readFileSync(join(folder, 'example.com-agent-ca-key.pem')));
  expect(ca.checkPrivateKey(key)).toBe(true);
});

describe('a certificate', () => {
  const SERVER_AND_CLIENT = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'];

  test.each([
    [
      '-server -node n1 -additional-dnsname web.example.com -additional-ipaddress ::1',
      'dc1-server-consul-0',
      'DNS:web.example.com, DNS:n1.server.dc1.consul, DNS:server.dc1.consul, DNS:localhost, ' +
        'IP Address:0:0:0:0:0:0:0:1, IP Address:127.0.0.1',
      SERVER_AND_CLIENT,
    ],
    [
      '-client -dc east',
      'east-client-consul-0',
      'DNS:client.east.consul, DNS:localhost, IP Address:127.0.0.1',
      SERVER_AND_CLIENT,
    ],
    ['-cli', 'dc1-cli-consul-0', 'DNS:cli.dc1.consul, DNS:localhost', ['1.3.6.1.5.5.7.3.2']],
  ])('%s is for its names and uses', async (line, name, names, uses) => {
    await tls('ca create');
    expect(await tls(`cert create -days 7 ${line}`)).toMatchObject({ code: 0, stderr: '' });
    const made = certificate(`${name}.pem`);
    const ca = certificate('consul-agent-ca.pem');
    expect(made.checkIssued(ca) && made.verify(ca.publicKey)).toBe(true);
    expect([made.subjectAltName, made.keyUsage, made.ca]).toEqual([names, uses, false]);
    expect(daysOf(made)).toBe(7);
    const key = readFileSync(join(folder, `${name}-key.pem`));
    expect(made.checkPrivateKey(createPrivateKey(key))).toBe(true);
  });

  test('takes the next free number', async () => {
    await tls('ca create');
    await tls('cert create -client');
    writeFileSync(join(folder, 'dc1-client-consul-1-key.pem'), 'of someone else');
    const { stdout } = await tls('cert create -client');
    expect(stdout).toBe(`${USING}${saved('dc1-client-consul-2')}`);
  });

  test('is signed by the CA that is named', async () => {
    await tls('ca create -domain other');
    const files = '-ca other-agent-ca.pem -key other-agent-ca-key.pem';
    const { stdout } = await tls(`cert create -client ${files}`);
    expect(stdout).toContain('==> Using other-agent-ca.pem and other-agent-ca-key.pem\n');
    const ca = certificate('other-agent-ca.pem');
    expect(certificate('dc1-client-consul-0.pem').checkIssued(ca)).toBe(true);
  });
});

test('name constraints bound what a CA signs', async () => {
  await tls('ca create -name-constraint -additional-name-constraint example.com');
  expect(await tls('cert create -client -additional-dnsname web.example.com')).toMatchObject({
    code: 0,
  });
  expect(await tls('cert create -client -additional-dnsname example.org')).toEqual(
    failed(
      'Error making the certificate: the CA may not sign for "example.org": its name constraints ' +
        'permit example.com, consul, localhost\n',
    ),
  );
});

describe('refused, with nothing written:', () => {
  test.each([
    ['ca create extra', 'Too many arguments (expected 0, got 1)'],
    ['ca create -days 0', '-days: 0 is out of range, accepted are 1 to 36525'],
    ['ca create -domain ../up', '-domain: "../up" is not a name of DNS, accepted are names'],
    [
      'ca create -additional-name-constraint x',
      '-additional-name-constraint has no effect without',
    ],
    [
      'cert create -client',
      'Error reading CA: open consul-agent-ca.pem: no such file or directory',
    ],
    ['cert create -client -dc a/b', '-dc: "a/b" cannot stand in a name of DNS, accepted are'],
    ['cert create -client -node n1', '-node requires -server'],
    ['cert create -server -node a.b', '-node: "a.b" cannot stand in a name of DNS'],
    ['cert create -cli -additional-ipaddress 1.2.3', '-additional-ipaddress: "1.2.3" is not an IP'],
    ['cert create -cli -additional-dnsname a..b', '-additional-dnsname: "a..b" is not a name of'],
    ['cert create -cli -days 99999', '-days: 99999 is out of range'],
  ])('%s', async (line, message) => {
    const { code, stdout, stderr } = await tls(line);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.startsWith(message)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a key of another CA, a certificate of none', async () => {
    await tls('ca create');
    await tls('ca create -domain other');
    expect(await tls('cert create -client -key other-agent-ca-key.pem')).toEqual(
      failed("Error making the certificate: the CA's key does not fit its certificate\n"),
    );
    await tls('cert create -client');
    const notCa = '-ca dc1-client-consul-0.pem -key dc1-client-consul-0-key.pem';
    expect(await tls(`cert create -client ${notCa}`)).toEqual(
      failed('Error making the certificate: the certificate is not that of a CA\n'),
    );
    writeFileSync(join(folder, 'consul-agent-ca.pem'), 'nothing');
    expect(await tls('cert create -client')).toEqual(
      failed('Error making the certificate: the certificate is no PEM of an X.509 certificate\n'),
    );
    expect(readdirSync(folder)).toHaveLength(6);
  });
});
