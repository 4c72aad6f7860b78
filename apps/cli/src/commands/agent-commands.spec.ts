/** Commands that ask an agent and print what it says, against canned answers. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../program.ts';
import { type CannedAnswer, FakeServer, type SeenRequest } from '../testing/fake-server.ts';
import { FakeIo, runCommand } from '../testing/run-command.ts';

let server: FakeServer;
let answers: (request: SeenRequest) => CannedAnswer | undefined;
beforeAll(async () => {
  server = await FakeServer.start((request) => answers(request));
});
afterAll(() => server.stop());
beforeEach(() => {
  server.seen.length = 0;
});

const consul = (...argv: string[]) => runCommand(argv, { CONSUL_HTTP_ADDR: server.address });
const asked = () => server.seen.map(({ method, url }) => `${method} ${url}`);

describe('members', () => {
  const member = (
    Name: string,
    Status: number,
    Tags: Record<string, string>,
    Addr = '10.0.0.1',
  ) => ({
    Name,
    Addr,
    Port: 8301,
    Status,
    Tags,
  });
  const SERVER = { role: 'consul', build: '1.8.6:abc', vsn: '2', dc: 'dc1', segment: '' };

  it('sorts by name; tells servers, clients and strangers apart', async () => {
    answers = () => ({
      body: [
        member('s2', 1, SERVER),
        member('c1', 4, { role: 'node', build: '', vsn: '2', dc: 'dc1' }, 'fe80::1'),
        member('a0', 3, {}),
      ],
    });
    const { code, stdout } = await consul('members');
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.trimEnd())).toEqual([
      'Node  Address         Status  Type     Build  Protocol  DC   Segment',
      'a0    10.0.0.1:8301   left    unknown',
      'c1    [fe80::1]:8301  failed  client   < 0.3  2         dc1  <default>',
      's2    10.0.0.1:8301   alive   server   1.8.6  2         dc1  <all>',
      '',
    ]);
  });

  it('filters by a regular expression on the status', async () => {
    answers = () => ({
      body: [member('a', 1, SERVER), member('b', 3, SERVER), member('c', 4, SERVER)],
    });
    const names = async (status: string) =>
      (await consul('members', `-status=${status}`)).stdout.match(/^[abc]\b/gm);
    expect(await names('^(left|failed)$')).toEqual(['b', 'c']);
    expect(await names('al')).toEqual(['a']);
    expect(await consul('members', '-status=none')).toEqual({ code: 2, stdout: '', stderr: '' });
    expect((await consul('members', '-status=(')).stderr).toMatch(
      /^Failed to compile status regexp: /,
    );
  });

  it('asks for segment and pool', async () => {
    answers = () => ({ body: [] });
    await consul('members', '-wan', '-segment=alpha');
    expect(asked()).toEqual(['GET /v1/agent/members?segment=alpha&wan=1']);
  });
});

describe('catalog', () => {
  const NODE = {
    ID: '0123abcd-0000-0000-0000-000000000000',
    Node: 'n1',
    Address: '10.0.0.1',
    Datacenter: 'dc1',
    TaggedAddresses: { wan: '2', lan: '1' },
  };

  it('nodes shows long and short ids, maps sorted', async () => {
    answers = () => ({
      body: [
        { ...NODE, Meta: { b: '2', a: '1' } },
        { ...NODE, ID: '', Meta: null },
      ],
    });
    expect((await consul('catalog', 'nodes')).stdout).toContain('n1    0123abcd  10.0.0.1  dc1\n');
    const { stdout } = await consul('catalog', 'nodes', '-detailed');
    expect(stdout).toContain(`${NODE.ID}  10.0.0.1  dc1  lan=1, wan=2     a=1, b=2\n`);
  });

  it('nodes asks with what was given', async () => {
    answers = () => ({ body: [] });
    await consul(
      'catalog',
      'nodes',
      '-node-meta=a=b',
      '-node-meta=c=d',
      '-near=x',
      '-filter=Node == y',
    );
    await consul('catalog', 'nodes', '-service=web/1', '-datacenter=dc2');
    expect(asked()).toEqual([
      'GET /v1/catalog/nodes?filter=Node%20%3D%3D%20y&near=x&node-meta=a%3Ab&node-meta=c%3Ad',
      'GET /v1/catalog/service/web/1?dc=dc2',
    ]);
  });

  it('services of a node are told once, tags joined', async () => {
    answers = () => ({
      body: {
        Services: {
          w1: { Service: 'web', Tags: ['b', 'a'] },
          w2: { Service: 'web', Tags: ['a', 'c'] },
          d: { Service: 'db', Tags: null },
        },
      },
    });
    const { stdout } = await consul('catalog', 'services', '-node=n1', '-tags');
    expect(stdout).toBe('db       \nweb      a,b,c\n');
  });
});

describe('maint', () => {
  it.each([
    [['-enable', '-disable'], 'Only one of -enable or -disable may be provided'],
    [['-reason=x'], 'Reason may only be provided with -enable'],
    [['-disable', '-reason=x'], 'Reason may only be provided with -enable'],
    [['-service=x'], 'Service requires either -enable or -disable'],
  ])('%j is refused', async (argv, message) => {
    const { code, stderr } = await consul('maint', ...argv);
    expect([code, stderr, asked()]).toEqual([1, `${message}\n`, []]);
  });

  it('lists what is in maintenance', async () => {
    const check = { Notes: 'why', ServiceID: 'web', CheckID: '_service_maintenance:web' };
    answers = ({ url }) =>
      url.endsWith('/self')
        ? { body: { Config: { NodeName: 'n1' } } }
        : {
            body: { b: check, a: { ...check, CheckID: '_node_maintenance' }, c: { CheckID: 'x' } },
          };
    expect((await consul('maint')).stdout).toBe(
      'Node:\n  Name:   n1\n  Reason: why\n\nService:\n  ID:     web\n  Reason: why\n\n',
    );
  });
});

describe('services', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mesh-cli-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('register sends what a file defines, in the form of the API', async () => {
    answers = () => ({});
    const file = join(folder, 'web.hcl');
    writeFileSync(
      file,
      `service {
        id = "w1" name = "web" port = 80 tags = ["a"] enable_tag_override = true
        meta { k = "v" }
        check { args = ["true"] interval = "1m30s" timeout = "5s" }
      }`,
    );
    const { code, stdout } = await consul('services', 'register', file);
    expect([code, stdout]).toEqual([0, 'Registered service: web\n']);
    expect(JSON.parse(server.seen[0]!.body)).toMatchObject({
      ID: 'w1',
      Name: 'web',
      Port: 80,
      Tags: ['a'],
      EnableTagOverride: true,
      Meta: { k: 'v' },
      Checks: [{ Args: ['true'], Interval: '1m30s', Timeout: '5s' }],
    });
  });

  it('register sends what flags describe', async () => {
    answers = () => ({});
    await consul(
      ...[
        'services',
        'register',
        '-name=web',
        '-id=w',
        '-port=80',
        '-address=::1',
        '-tag=a',
        '-tag=b',
      ],
      ...['-meta=k=v', '-kind=x', '-tagged-address=lan=10.0.0.1:81', '-tagged-address=v6=[::1]:82'],
    );
    expect(JSON.parse(server.seen[0]!.body)).toEqual({
      Kind: 'x',
      ID: 'w',
      Name: 'web',
      Tags: ['a', 'b'],
      Port: 80,
      Address: '::1',
      TaggedAddresses: { lan: { Address: '10.0.0.1', Port: 81 }, v6: { Address: '::1', Port: 82 } },
      Meta: { k: 'v' },
    });
  });

  it('deregister takes ids, or files', async () => {
    answers = () => ({});
    await consul('services', 'deregister', '-id=a b/c');
    const file = join(folder, 'two.json');
    writeFileSync(file, '{"services":[{"name":"x","id":"x1"},{"name":"y"}]}');
    const { stdout } = await consul('services', 'deregister', file);
    expect(stdout).toBe('Deregistered service: x1\nDeregistered service: y\n');
    expect(asked()).toEqual([
      'PUT /v1/agent/service/deregister/a%20b/c',
      'PUT /v1/agent/service/deregister/x1',
      'PUT /v1/agent/service/deregister/y',
    ]);
    expect((await consul('services', 'deregister', '-id=a', file)).code).toBe(1);
  });
});

describe('rtt', () => {
  const at = (Node: string, x: number, Segment = '') => ({
    Node,
    Segment,
    Coord: { Vec: [x, 0, 0, 0, 0, 0, 0, 0], Error: 1, Adjustment: 0, Height: 0.0001 },
  });

  it('estimates between two nodes, and between a node and the agent', async () => {
    answers = ({ url }) =>
      url.includes('self')
        ? { body: { Config: { NodeName: 'A', Datacenter: 'dc1' } } }
        : { body: [at('a', 0), at('b', 0.01)] };
    expect((await consul('rtt', 'a', 'B')).stdout).toBe(
      'Estimated a <-> B rtt: 10.200 ms (using LAN coordinates)\n',
    );
    expect((await consul('rtt', 'b')).stdout).toContain('Estimated b <-> A rtt: 10.200 ms');
  });

  it('compares within a segment only', async () => {
    answers = () => ({ body: [at('a', 0, 's1'), at('b', 0.01, 's2')] });
    expect((await consul('rtt', 'a', 'b')).stderr).toBe('a and b share no network segment\n');
  });

  it('wide-area names carry their datacenter', async () => {
    const area = (Datacenter: string, x: number) => ({
      Datacenter,
      AreaID: 'wan',
      Coordinates: [at('n', x)],
    });
    answers = () => ({ body: [area('dc1', 0), area('dc2', 0.05)] });
    expect((await consul('rtt', '-wan', 'n.dc1', 'n.dc2')).stdout).toContain(
      '50.200 ms (using WAN',
    );
    expect((await consul('rtt', '-wan', 'n', 'n.dc2')).stderr).toMatch(
      /must be specified as <node name>/,
    );
  });
});

describe('monitor', () => {
  it('prints until it is interrupted', async () => {
    answers = () => ({ body: '2026 [INFO] agent: hello\n' });
    const { code, stdout, stderr } = await consul('monitor', '-log-level=debug', '-log-json');
    expect([code, stdout]).toEqual([1, '2026 [INFO] agent: hello\n']);
    expect(stderr).toContain('Remote side ended the monitor!');
    expect(asked()).toEqual(['GET /v1/agent/monitor?logjson=true&loglevel=debug']);
  });

  it('tells why it cannot begin', async () => {
    answers = () => ({ status: 400, body: 'Unknown log level: x' });
    const { code, stderr } = await consul('monitor', '-log-level=x');
    expect([code, stderr]).toEqual([
      1,
      'Error starting monitor: Unexpected response code: 400 (Unknown log level: x)\n',
    ]);
  });
});

describe('join and force-leave', () => {
  it('one address that works is enough', async () => {
    answers = ({ url }) => (url.includes('good') ? {} : { status: 500, body: 'refused' });
    const { code, stdout, stderr } = await consul('join', '-wan', 'bad', 'good');
    expect([code, stdout]).toEqual([0, 'Successfully joined cluster by contacting 1 nodes.\n']);
    expect(stderr).toBe("Error joining address 'bad': Unexpected response code: 500 (refused)\n");
    expect(asked()[1]).toBe('PUT /v1/agent/join/good?wan=1');
  });

  it('force-leave says nothing', async () => {
    answers = () => ({});
    expect(await consul('force-leave', '-prune', 'n1')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(asked()).toEqual(['PUT /v1/agent/force-leave/n1?prune=1']);
  });
});

describe('watch', () => {
  const index = (value: number, body: unknown) => ({
    headers: { 'X-Consul-Index': String(value) },
    body,
  });

  it('prints the state once when there is no handler', async () => {
    answers = () => index(5, { consul: [] });
    const { code, stdout } = await consul('watch', '-type=services');
    expect([code, stdout]).toEqual([0, '{\n    "consul": []\n}\n']);
  });

  it('runs the handler at each change, with the state on stdin and the index', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mesh-watch-'));
    const file = join(folder, 'out');
    let calls = 0;
    const io = new FakeIo({ ...process.env, CONSUL_HTTP_ADDR: server.address, SHELL: '/bin/sh' });
    answers = ({ url }) => {
      if (url.includes('/self')) return { body: {} };
      calls++;
      if (calls === 4) io.raise('SIGINT');
      // The second answer is no change, the third one is.
      return calls === 3 ? index(8, ['c']) : index(5 + (calls > 2 ? calls : 0), ['a']);
    };
    const script = `(echo "$CONSUL_INDEX"; cat) >> ${file}`;
    const code = await runProgram(['watch', '-type=nodes', script], io);
    const { readFileSync } = await import('node:fs');
    const text = readFileSync(file, 'utf8');
    rmSync(folder, { recursive: true });
    expect(code).toBe(0);
    expect(text.startsWith('5\n["a"]\n8\n["c"]\n')).toBe(true);
  });

  it('ends when the handler fails', async () => {
    answers = () => index(5, []);
    const failed = await consul('watch', '-type=nodes', 'exit 3');
    expect([failed.code, failed.stderr]).toEqual([1, 'Error executing handler: exit status 3\n']);
    const missing = await consul('watch', '-type=nodes', '-shell=false', '/nowhere/handler');
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(/^Error starting handler: .*ENOENT/);
  });

  it.each([
    [['-type=keyprefix'], 'Must specify a single prefix to watch'],
    [['-type=service'], 'Must specify a single service to watch'],
    [['-type=checks', '-service=a', '-state=b'], 'Cannot specify service and state'],
    [['-type=toString'], 'Unsupported watch type: toString'],
    [
      ['-type=service', '-service=a', '-passingonly=maybe'],
      '-passingonly=maybe: accepted are true and false',
    ],
  ])('%j is refused', async (argv, message) => {
    const { code, stderr } = await consul('watch', ...argv);
    expect([code, stderr]).toEqual([1, `${message}\n`]);
  });

  it('asks what each type means', async () => {
    answers = ({ url }) => (url.includes('/self') ? { body: {} } : index(5, []));
    const pathOf = async (...argv: string[]) => {
      await consul('watch', ...argv);
      return server.seen.at(-1)!.url;
    };
    expect(
      await pathOf('-type=service', '-service=a', '-tag=x', '-tag=y', '-passingonly=true'),
    ).toBe('/v1/health/service/a?passing=1&tag=x&tag=y');
    expect(await pathOf('-type=checks')).toBe('/v1/health/state/any');
    expect(await pathOf('-type=checks', '-service=a')).toBe('/v1/health/checks/a');
    expect(await pathOf('-type=event', '-name=deploy')).toBe('/v1/event/list?name=deploy');
    expect(await pathOf('-type=keyprefix', '-prefix=a/')).toBe('/v1/kv/a/?recurse=');
    expect(await pathOf('-type=nodes', '-stale', '-datacenter=dc2')).toBe(
      '/v1/catalog/nodes?dc=dc2&stale=',
    );
  });
});
