/** The DNS front beside real agents: the same answers as theirs, changes at once, agents lost one by one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { join } from 'node:path';
import { freePorts, requireTool, run, ServerCluster, until } from '@mesh/testkit';

const PROGRAM = join(__dirname, '..', '..', 'dist', 'dns-front', 'main.js');

type FivePorts = readonly [number, number, number, number, number];

/** Longer than the view may be told after the last agent, shorter than a test waits. */
const MAX_STALE_S = 4;

/** Without dig there is nothing to ask with; that is said, and a failure in CI. */
const hasDig = requireTool('dig');

describe('dns-front', () => {
  let cluster: ServerCluster;
  let front: ChildProcess;
  let port: number;
  let healthPort: number;
  let agentDns: number;
  let outside: Socket;
  let output = '';

  const dig = async (at: number, ...args: readonly string[]) => {
    const where = ['@127.0.0.1', '-p', String(at), '+tries=1', '+time=6', '+nocookie'];
    return (await run('dig', [...where, ...args])).stdout;
  };
  const short = async (...args: readonly string[]) =>
    (await dig(port, '+short', ...args))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith(';'))
      .sort();

  beforeAll(async () => {
    if (!hasDig) return;
    const ports = await freePorts(7);
    [port, healthPort] = ports as [number, number];
    const [http, server, serfLan, serfWan, dns] = ports.slice(2) as unknown as FivePorts;
    agentDns = dns;
    outside = await answeringSocket();
    const recursor = `127.0.0.1:${outside.address().port}`;
    cluster = await ServerCluster.start({
      config: { recursors: [recursor] },
      placement: (at) => (at === 0 ? { ports: { http, server, serfLan, serfWan, dns } } : {}),
    });
    const body = { Node: 'n1', Address: '10.1.1.1', NodeMeta: { rack: '7' } };
    await register({ ...body, Service: service('web', 1, { Tags: ['blue'] }) });
    await register({ ...body, Service: service('web', 2, { Tags: ['green'], Port: 81 }) });
    await register({ Node: 'n2', Address: '10.1.1.2', Service: service('web', 3) });
    await cluster.converged();
    const [one, two] = cluster.servers;
    const args = [
      ...[PROGRAM, `-port=${port}`, `-health-addr=127.0.0.1:${healthPort}`],
      ...[`-http-addr=${one!.httpAddress}`, `-http-addr=http://${two!.httpAddress}`],
      ...[`-max-stale=${MAX_STALE_S}s`, `-recursor=${recursor}`],
    ];
    front = spawn('node', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [front.stdout, front.stderr]) {
      stream?.on('data', (chunk) => {
        output += chunk;
      });
    }
    await until('the front', async () => (await short('n1.node.consul')).length > 0).catch(fail);
  });
  afterAll(async () => {
    front?.kill('SIGKILL');
    outside?.close();
    await cluster?.stop();
  });

  it.each([
    ['web.service.consul', 'A'],
    ['web.service.consul', 'SRV'],
    ['web.service.dc1.consul', 'ANY'],
    ['blue.web.service.consul', 'SRV'],
    ['_web._tcp.service.consul', 'SRV'],
    ['_web._green.service.consul', 'SRV'],
    ['web.service.nowhere.consul', 'A'],
    ['n1.node.consul', 'A'],
    ['n1.node.consul', 'TXT'],
    ['N1.Node.Consul', 'ANY'],
    ['2.1.1.10.in-addr.arpa', 'PTR'],
    ['q1.query.consul', 'SRV'],
    ['absent.service.consul', 'A'],
    ['consul', 'SOA'],
    ['consul', 'NS'],
    ['0a010101.addr.consul', 'A'],
    ['nonsense.consul', 'A'],
  ])('answers %s %s as an agent does', async (name, type) => {
    if (!hasDig) return;
    if (name.startsWith('q1')) await prepareQuery();
    const ours = essence(await dig(port, name, type));
    expect(ours).toEqual(essence(await dig(agentDns, name, type)));
    expect(ours[0]).toMatch(/status: (NOERROR|NXDOMAIN)/);
  });

  it('tells changes at once, and passes other names on', async () => {
    if (!hasDig) return;
    expect(await short('web.service.consul', 'A')).toHaveLength(2);
    await register({ Node: 'n3', Address: '10.1.1.3', Service: service('web', 4) });
    await until('the third', async () => (await short('web.service.consul', 'A')).length === 3);
    expect(await short('example.com', 'A')).toEqual(['192.0.2.7']);
  });

  it('survives the loss of an agent, then of all of them until max_stale', async () => {
    if (!hasDig) return;
    const [one, two, three] = cluster.servers;
    await one!.kill();
    expect(await short('web.service.consul', 'A')).toHaveLength(3);
    await until('the other agent', () => output.split('reading through an agent').length === 3);
    await until('a leader', async () => {
      return (await two!.http('GET', '/v1/status/leader')).text.length > 4;
    });
    const body = { Node: 'n4', Address: '10.1.1.4', Service: service('web', 5) };
    expect((await two!.http('PUT', '/v1/catalog/register', body)).status).toBe(200);
    await until('the fourth', async () => (await short('web.service.consul', 'A')).length === 4);
    await Promise.all([two!.kill(), three!.kill()]);
    await until('the loss to be seen', async () => (await health()) === 503);
    expect(await short('web.service.consul', 'A')).toHaveLength(4);
    await until('what is known to be too old', async () =>
      (await dig(port, 'web.service.consul')).includes('status: SERVFAIL'),
    );
    for (const server of cluster.servers) server.spawn();
    await until('answers again', async () => (await short('web.service.consul')).length === 4);
    expect(await health()).toBe(200);
  });

  it('stops when it is told to', async () => {
    if (!hasDig) return;
    front.kill('SIGTERM');
    await until('its end', () => front.exitCode === 0);
  });

  async function register(body: object): Promise<void> {
    const answer = await cluster.servers[0]!.http('PUT', '/v1/catalog/register', body);
    expect([answer.status, answer.text.trim()]).toEqual([200, 'true']);
  }

  async function prepareQuery(): Promise<void> {
    const body = { Name: 'q1', Service: { Service: 'web' }, DNS: { TTL: '3s' } };
    expect((await cluster.servers[0]!.http('POST', '/v1/query', body)).status).toBe(200);
  }

  async function health(): Promise<number> {
    return (await fetch(`http://127.0.0.1:${healthPort}/health`)).status;
  }

  function fail(error: Error): never {
    throw new Error(`${error.message}\n${output.slice(-3000)}`);
  }
});

function service(name: string, at: number, more: object = {}) {
  return { ID: `${name}-${at}`, Service: name, Port: 80, ...more };
}

/** Status, flags and sorted records of what dig printed; times and ids are left out. */
function essence(text: string): readonly string[] {
  const head = text.split('\n').filter((line) => /status:|flags: qr/.test(line));
  const records = text.split('\n').filter((line) => /^[^;\s]/.test(line));
  return [
    ...head.map((line) => line.replace(/id: \d+/, '')),
    ...records.map((line) => line.replace(/SOA.*/, 'SOA')).sort(),
  ];
}

/** A name server that knows one address for everything. */
function answeringSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const end = query.indexOf(0, 12) + 5;
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]);
    const reply = Buffer.concat([query.subarray(0, end), answer]);
    reply.writeUInt16BE(0x8180, 2);
    reply.writeUInt16BE(1, 6);
    reply.writeUInt16BE(0, 8);
    reply.writeUInt16BE(0, 10);
    socket.send(reply, from.port, from.address);
  });
  return new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(socket)));
}
