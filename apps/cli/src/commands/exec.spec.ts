import { runProgram } from '../program.ts';
import { type CannedAnswer, FakeServer, type SeenRequest } from '../testing/fake-server.ts';
import { FakeIo, runCommand } from '../testing/run-command.ts';

const SESSION = '0f2b1f0a-3d4f-4a6e-9d0b-1f2e3d4c5b6a';

/** The parts of an agent that exec talks to. What nodes write comes with the event. */
class FakeCluster {
  readonly keys = new Map<string, string | Uint8Array>();
  /** Written once the event has come. */
  readonly writes: (readonly [key: string, value: string | Uint8Array])[] = [];
  readonly asked: string[] = [];
  acquire = 'true';
  servers: unknown[] = [{ Node: { Node: 's9' } }];
  failing = '';
  private index = 10;

  answer({ method, url, body }: SeenRequest): CannedAnswer | undefined {
    const { pathname, searchParams } = new URL(url, 'http://agent');
    if (this.failing !== '' && url.startsWith(this.failing)) return { status: 500, body: 'broken' };
    const isPoll = searchParams.has('keys');
    const isRead = searchParams.has('raw');
    if (!isPoll && !isRead) this.asked.push(`${method} ${url} ${body}`.trim());
    if (pathname === '/v1/agent/self') {
      return { body: { Config: { NodeName: 'n1', Datacenter: 'dc1' } } };
    }
    if (pathname === '/v1/health/service/consul') return { body: this.servers };
    if (pathname === '/v1/session/create') return { body: { ID: SESSION } };
    if (pathname.startsWith('/v1/event/fire/')) {
      for (const [key, value] of this.writes) this.keys.set(key, value);
      this.index++;
      return { body: { ID: 'event-id' } };
    }
    if (searchParams.has('acquire')) return { body: this.acquire };
    const headers = { 'X-Consul-Index': String(this.index) };
    if (isPoll) return { headers, body: [...this.keys.keys()].sort() };
    const key = decodeURIComponent(pathname.slice('/v1/kv/'.length));
    if (isRead) return { body: this.keys.get(key) ?? '' };
    return { body: 'true' };
  }

  /** A node writes under the job's folder. */
  says(name: string, value: string | Uint8Array = ''): void {
    this.writes.push([`_rexec/${SESSION}/${name}`, value]);
  }
}

let server: FakeServer;
let cluster: FakeCluster;
beforeAll(async () => {
  server = await FakeServer.start((request) => cluster.answer(request));
});
afterAll(() => server.stop());
beforeEach(() => {
  cluster = new FakeCluster();
});

const QUICK = ['-wait=40ms', '-wait-repl=0'];
const exec = (...argv: string[]) =>
  runCommand(['exec', ...QUICK, ...argv], { CONSUL_HTTP_ADDR: server.address });

test('prints what nodes say, in the words of the original', async () => {
  cluster.says('job', '{}');
  cluster.says('ref1/ack');
  cluster.says('ref1/exit', '0');
  cluster.says('ref1/out/00000', 'hi\n');
  expect(await exec('echo', 'hi')).toEqual({
    code: 0,
    stdout:
      '==> ref1: finished with exit code 0\n    ref1: hi\n    ref1:\n' +
      '1 / 1 node(s) completed / acknowledged\n',
    stderr: '',
  });
  expect(cluster.asked).toEqual([
    'GET /v1/agent/self',
    'PUT /v1/session/create {"Name":"Remote Exec","Behavior":"delete","TTL":"15s"}',
    `PUT /v1/kv/_rexec/${SESSION}/job?acquire=${SESSION} {"Command":"echo hi","Wait":40000000}`,
    `PUT /v1/event/fire/_rexec {"Prefix":"_rexec","Session":"${SESSION}"}`,
    `PUT /v1/session/destroy/${SESSION}`,
    `DELETE /v1/kv/_rexec/${SESSION}/?recurse=`,
  ]);
});

test('nobody answers', async () => {
  expect(await exec('-node=nope', 'true')).toEqual({
    code: 0,
    stdout: '0 / 0 node(s) completed / acknowledged\n',
    stderr: '',
  });
  expect(cluster.asked).toContain(
    `PUT /v1/event/fire/_rexec?node=nope {"Prefix":"_rexec","Session":"${SESSION}"}`,
  );
});

test('a command that fails, and one that does not end', async () => {
  cluster.says('a/ack');
  cluster.says('a/exit', '3');
  const failed = await exec('false');
  expect([failed.code, failed.stdout]).toEqual([
    2,
    '==> a: finished with exit code 3\n1 / 1 node(s) completed / acknowledged\n',
  ]);
  cluster = new FakeCluster();
  cluster.says('a/ack');
  expect(await exec('sleep', '60')).toMatchObject({
    code: 2,
    stdout: '0 / 1 node(s) completed / acknowledged\n',
  });
});

test('verbose tells of every step', async () => {
  cluster.says('a/ack');
  cluster.says('a/exit', '-1');
  cluster.says('a/out/00000');
  const { stdout } = await exec('-verbose', 'true');
  expect(stdout.replace(/\d+\.\d\d/, 'N')).toBe(
    `Created remote execution session: ${SESSION}\nUploaded remote execution spec\n` +
      'Fired remote execution event: event-id\n==> a: acknowledged\n' +
      '==> a: finished with exit code -1\n==> a: heartbeat received\n' +
      '1 / 1 node(s) completed / acknowledged\nCompleted in N seconds\n',
  );
});

test('a character over two pieces of output stays whole', async () => {
  const bytes = Buffer.from('a€b');
  cluster.says('a/out/00000', bytes.subarray(0, 2));
  cluster.says('a/out/00001', bytes.subarray(2));
  expect((await exec('true')).stdout).toContain('    a: a\n    a: €b\n');
});

test('another datacenter: the session is of a server there', async () => {
  expect((await exec('-datacenter=dc2', '-service=web', '-tag=a', 'true')).code).toBe(0);
  expect(cluster.asked.slice(1, 4)).toEqual([
    'GET /v1/health/service/consul?dc=dc2&passing=1',
    'PUT /v1/session/create?dc=dc2 ' +
      '{"Name":"Remote Exec via n1@dc1","Node":"s9","Checks":[],"Behavior":"delete","TTL":"15s"}',
    expect.stringMatching(/^PUT \/v1\/kv\/.*&dc=dc2/),
  ]);
  expect(cluster.asked[4]).toMatch(/^PUT \/v1\/event\/fire\/_rexec\?dc=dc2&service=web&tag=a /);
});

test('a script on stdin, a program without a shell, another prefix', async () => {
  const env = { CONSUL_HTTP_ADDR: server.address };
  await runCommand(['exec', ...QUICK, '-prefix=/jobs/', '-'], env, '#!/bin/sh\ntrue\n');
  const script = Buffer.from('#!/bin/sh\ntrue\n').toString('base64');
  expect(cluster.asked[2]).toBe(
    `PUT /v1/kv/jobs/${SESSION}/job?acquire=${SESSION} {"Script":"${script}","Wait":40000000}`,
  );
  cluster = new FakeCluster();
  await exec('-shell=false', 'ls', '-l');
  expect(cluster.asked[2]).toContain('{"Args":["ls","-l"],"Wait":40000000}');
});

test('what is no result is told, and does no harm', async () => {
  cluster.says('what');
  cluster.says('a/exit', 'soon');
  const { code, stderr } = await exec('true');
  expect([code, stderr]).toEqual([
    0,
    "Failed to parse exit code 'soon'\nUnknown key 'what', ignoring.\n",
  ]);
});

describe('fails', () => {
  test.each([
    ['/v1/agent/self', 'Error querying Consul agent', 0],
    ['/v1/session/create', 'Failed to create session', 0],
    ['/v1/kv/', 'Failed to create job file', 1],
    ['/v1/event/', 'Failed to fire event', 1],
  ])('at %s', async (path, message, destroyed) => {
    cluster.failing = path;
    const { code, stdout, stderr } = await exec('true');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`${message}: Unexpected response code: 500 (broken)\n`);
    const destroys = cluster.asked.filter((line) => line.includes('/session/destroy/'));
    expect(destroys).toHaveLength(destroyed);
  });

  test('where the other datacenter cannot be asked, or has no server that is well', async () => {
    const failure = 'Failed to create session: Failed to find Consul server in remote datacenter';
    cluster.failing = '/v1/health/';
    const broken = await exec('-datacenter=dc2', 'true');
    expect(broken.stderr).toBe(`${failure}: Unexpected response code: 500 (broken)\n`);
    cluster.failing = '';
    cluster.servers = [];
    expect((await exec('-datacenter=dc2', 'true')).stderr).toBe(`${failure}\n`);
  });

  test('where the job cannot be locked', async () => {
    cluster.acquire = 'false';
    expect(await exec('true')).toMatchObject({
      code: 1,
      stderr: `Failed to create job file: failed to acquire key _rexec/${SESSION}/job\n`,
    });
  });

  test('where results cannot be read', async () => {
    cluster.failing = `/v1/kv/_rexec/${SESSION}/?`;
    const { code, stderr } = await exec('true');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Failed to read results: Unexpected response code: 500 \(broken\)\n/);
  });
});

test('an interruption cleans up', async () => {
  const io = new FakeIo({ CONSUL_HTTP_ADDR: server.address });
  const answer = cluster.answer.bind(cluster);
  cluster.answer = (request) => {
    if (request.url.includes('/event/')) io.raise('SIGINT');
    return answer(request);
  };
  expect(await runProgram(['exec', '-wait=1h', '-wait-repl=0', 'true'], io)).toBe(1);
  expect(cluster.asked.at(-1)).toMatch(/^DELETE /);
});

describe('is refused', () => {
  test.each([
    [
      [],
      /^Must specify a command to execute\n\nUsage: consul exec \[options\] \[-\|command\.\.\.\]\n/,
    ],
    [['-'], /^Must specify a command to execute\n/],
    [['-shell=false', '-'], /^Cannot configure -shell=false when reading from stdin\n$/],
    [['-node=(', 'true'], /^Failed to compile node filter regexp: .*missing closing \)/],
    [['-tag=a', 'true'], /^Cannot provide tag filter without service filter\.\n$/],
  ])('%j', async (argv, stderr) => {
    const finished = await exec(...argv);
    expect(finished).toMatchObject({ code: 1, stdout: '' });
    expect(finished.stderr).toMatch(stderr);
    expect(cluster.asked).toEqual([]);
  });
});
