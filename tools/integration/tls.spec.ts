/** TLS everywhere: two servers and a client agent with certificates of `consul tls`, HTTPS, RPC, a renewal. */
import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { freePorts, LAUNCHER, requireTool, run, ServerProcess, until } from '@mesh/testkit';

const NAMES = ['one', 'two', 'client'] as const;
const SERVER_NAME = 'server.dc1.consul';

describe('agents with TLS everywhere', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-tls-'));
  const file = (name: string) => join(folder, name);
  const pem = (name: string) => readFileSync(file(`${name}.pem`), 'utf8');
  const ca = 'consul-agent-ca';
  const cli = { cert: 'dc1-cli-consul-0', key: 'dc1-cli-consul-0-key' };
  const agents: ServerProcess[] = [];
  let httpsPorts: number[];
  let one: ServerProcess;
  let client: ServerProcess;

  const consul = (args: readonly string[], env: Record<string, string> = {}) =>
    run(LAUNCHER, args, { cwd: folder, env });

  beforeAll(async () => {
    const made = [
      'ca create -name-constraint',
      'cert create -server -node one',
      'cert create -server -node two',
      'cert create -client',
      'cert create -cli',
    ];
    for (const line of made) {
      const { code, stderr } = await consul(['tls', ...line.split(' ')]);
      expect([line, code, stderr]).toEqual([line, 0, '']);
    }
    const ports = await freePorts(4 * NAMES.length);
    httpsPorts = ports.slice(0, NAMES.length);
    for (const [position, name] of NAMES.entries()) {
      const isServer = name !== 'client';
      const pair = isServer ? `dc1-server-consul-${position}` : 'dc1-client-consul-0';
      copyFileSync(file(`${pair}.pem`), file(`${name}.pem`));
      copyFileSync(file(`${pair}-key.pem`), file(`${name}-key.pem`));
      const [http, server, serfLan] = ports.slice(3 * (position + 1)) as [number, number, number];
      const own = { http, server, serfLan, serfWan: -1 };
      const config = {
        ...{ server: isServer, ...(isServer && { bootstrap_expect: 2 }) },
        ports: {
          ...{ http, server, https: httpsPorts[position], serf_lan: serfLan, serf_wan: -1 },
          ...{ dns: -1, grpc: -1 },
        },
        ...{ ca_file: file(`${ca}.pem`) },
        ...{ cert_file: file(`${name}.pem`), key_file: file(`${name}-key.pem`) },
        ...{ verify_incoming: true, verify_outgoing: true, verify_server_hostname: true },
        retry_join: [`127.0.0.1:${ports[5]}`],
      };
      agents.push(new ServerProcess({ name, folder: file(`${name}-agent`), ports: own, config }));
    }
    [one, , client] = agents as [ServerProcess, ServerProcess, ServerProcess];
    for (const agent of agents) agent.spawn();
    for (const agent of agents) await agent.waitUntilReadable();
  });
  afterAll(async () => {
    for (const agent of agents) await agent.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('find a leader and serve: what a client writes stands on both servers', async () => {
    expect((await client.http('PUT', '/v1/kv/key', 'value')).text).toBe('true');
    for (const server of agents.slice(0, 2)) {
      await until('the key', async () => {
        const { text } = await server.http('GET', '/v1/kv/key?raw&stale');
        return text === 'value';
      });
    }
    const peers = JSON.parse((await client.http('GET', '/v1/status/peers')).text);
    expect(peers).toHaveLength(2);
    const members = JSON.parse((await one.http('GET', '/v1/agent/members')).text);
    const told = members.map((member: { Name: string; Tags: Record<string, string> }) => [
      member.Name,
      member.Tags.use_tls,
    ]);
    expect(told.sort()).toEqual([
      ['client', undefined],
      ['one', '1'],
      ['two', '1'],
    ]);
  });

  it('answer on HTTPS whoever shows a certificate, by flags and by environment', async () => {
    const address = `https://127.0.0.1:${httpsPorts[2]}`;
    const flags = [
      ...[`-http-addr=${address}`, `-ca-file=${ca}.pem`],
      ...[`-client-cert=${cli.cert}.pem`, `-client-key=${cli.key}.pem`],
    ];
    const by = await consul(['kv', 'get', ...flags, 'key']);
    expect([by.code, by.stdout, by.stderr]).toEqual([0, 'value\n', '']);
    const env = {
      ...{ CONSUL_HTTP_ADDR: `127.0.0.1:${httpsPorts[0]}`, CONSUL_HTTP_SSL: 'true' },
      ...{ CONSUL_CACERT: `${ca}.pem`, CONSUL_TLS_SERVER_NAME: SERVER_NAME },
      ...{ CONSUL_CLIENT_CERT: `${cli.cert}.pem`, CONSUL_CLIENT_KEY: `${cli.key}.pem` },
    };
    const { stdout } = await consul(['kv', 'get', 'key'], env);
    expect(stdout).toBe('value\n');
  });

  it('refuse on HTTPS who shows none, and are refused by who does not know the CA', async () => {
    const address = `-http-addr=https://127.0.0.1:${httpsPorts[0]}`;
    const without = await consul(['kv', 'get', address, `-ca-file=${ca}.pem`, 'key']);
    expect([without.code, without.stdout]).toEqual([1, '']);
    expect(without.stderr).toContain('remote error: tls: bad certificate');
    const unknown = await consul(['kv', 'get', address, 'key']);
    expect([unknown.code, unknown.stdout]).toEqual([1, '']);
    expect(unknown.stderr).toContain('x509: certificate signed by unknown authority');
  });

  it('show openssl their chain', async () => {
    if (!requireTool('openssl')) return;
    const { stdout } = await run('openssl', [
      ...['s_client', '-connect', `127.0.0.1:${httpsPorts[0]}`, '-CAfile', file(`${ca}.pem`)],
      ...['-cert', file(`${cli.cert}.pem`), '-key', file(`${cli.key}.pem`)],
      ...['-verify_return_error', '-verify_hostname', 'one.server.dc1.consul'],
    ]);
    expect(stdout).toContain('Verification: OK');
    expect(stdout).toContain('Verified peername: one.server.dc1.consul');
    expect(stdout).toMatch(/Acceptable client certificate CA names\nCN = Consul Agent CA \d+\n/);
  });

  it('take no plain RPC, and none without a certificate', async () => {
    const at = { host: '127.0.0.1', port: one.ports.server };
    const plain = connect(at, () => plain.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'));
    expect(await everythingFrom(plain)).toBe('');
    await until('a line in the log', () => one.log().includes('the connection is not TLS'));
    const names = { servername: SERVER_NAME, ALPNProtocols: ['h2'] };
    const bare = connectTls({ ...at, ...names, ca: pem(ca) });
    expect(await everythingFrom(bare)).toBe('');
    const known = connectTls({
      ...at,
      ...names,
      ca: pem(ca),
      cert: pem(cli.cert),
      key: pem(cli.key),
    });
    await new Promise((resolve) => known.once('data', resolve));
    known.destroy();
  });

  it('use new certificates after SIGHUP, and keep the old ones where they are no pair', async () => {
    const before = await certificateOf(httpsPorts[2]!);
    expect((await consul(['tls', 'cert', 'create', '-client'])).code).toBe(0);
    copyFileSync(file('dc1-client-consul-1.pem'), file('client.pem'));
    client.signal('SIGHUP');
    await until('the refusal', () => client.log().includes('is not the key of the certificate'));
    expect((await certificateOf(httpsPorts[2]!)).fingerprint256).toBe(before.fingerprint256);
    copyFileSync(file('dc1-client-consul-1-key.pem'), file('client-key.pem'));
    client.signal('SIGHUP');
    const { fingerprint256 } = new X509Certificate(pem('dc1-client-consul-1'));
    await until(
      'the new certificate',
      async () => (await certificateOf(httpsPorts[2]!)).fingerprint256 === fingerprint256,
    );
    expect((await client.http('GET', '/v1/kv/key?raw')).text).toBe('value');
  });

  it('are not started with files that cannot be used', async () => {
    const config = { node_name: 'x', cert_file: 'none.pem', key_file: 'none-key.pem' };
    writeFileSync(file('bad.json'), JSON.stringify(config));
    const { code, stdout, stderr } = await consul(['agent', '-dev', '-config-file=bad.json']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe('==> cert_file: cannot read none.pem: no such file or directory\n');
  });

  async function certificateOf(port: number): Promise<X509Certificate> {
    const keys = { ca: pem(ca), cert: pem(cli.cert), key: pem(cli.key) };
    const names = { servername: 'localhost' };
    const socket = connectTls({ host: '127.0.0.1', port, ...keys, ...names });
    await new Promise((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
    });
    const { raw } = socket.getPeerCertificate();
    socket.destroy();
    return new X509Certificate(raw);
  }
});

/** What the other end says before it hangs up. */
function everythingFrom(socket: ReturnType<typeof connect> | TLSSocket): Promise<string> {
  let said = '';
  socket.on('data', (chunk) => {
    said += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  return new Promise((resolve) => socket.once('close', () => resolve(said)));
}
