import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CannedAnswer, FakeServer, type SeenRequest } from '../testing/fake-server.ts';
import { runCommand } from '../testing/run-command.ts';

const WEB = {
  Kind: 'service-defaults',
  Name: 'web',
  Protocol: 'http',
  MeshGateway: {},
  Expose: {},
};

let server: FakeServer;
let folder: string;
let answers: (request: SeenRequest) => CannedAnswer | undefined;
beforeAll(async () => {
  server = await FakeServer.start((request) => answers(request));
  folder = await mkdtemp(join(tmpdir(), 'mesh-config-'));
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  server.seen.length = 0;
});

const run = (...argv: string[]) => runCommand(argv, { CONSUL_HTTP_ADDR: server.address });
const lines = () => server.seen.map(({ method, url }) => `${method} ${url}`);
const sent = () => JSON.parse(server.seen.at(-1)!.body.toString());
function file(text: string): string {
  const path = join(folder, 'entry.hcl');
  writeFileSync(path, text);
  return path;
}

describe('consul config', () => {
  beforeEach(() => {
    answers = ({ method }) => (method === 'PUT' ? { body: 'true' } : { body: WEB });
  });

  it('write sends what a file in HCL or JSON says', async () => {
    const hcl =
      'Kind = "proxy-defaults"\nName = "global"\nConfig { protocol = "http" }\nMeshGateway { mode = "local" }\n';
    expect(await run('config', 'write', file(hcl))).toEqual({
      ...{ code: 0, stdout: 'Config entry written: proxy-defaults/global\n', stderr: '' },
    });
    expect(lines()).toEqual(['PUT /v1/config']);
    expect(sent()).toEqual({
      ...{ Kind: 'proxy-defaults', Name: 'global', Config: { protocol: 'http' }, Expose: {} },
      MeshGateway: { Mode: 'local' },
    });
    await run('config', 'write', '-cas', '-modify-index=7', file(JSON.stringify(WEB)));
    expect(lines().at(-1)).toBe('PUT /v1/config?cas=7');
    expect(sent()).toEqual(WEB);
  });

  it('write says what is wrong, and sends nothing', async () => {
    for (const [text, message] of [
      ['Kind = "nope"\nName = "web"\n', 'invalid config entry kind: nope'],
      ['Kind = "service-defaults"\nName = "web"\nBogus = 1\n', 'invalid config key Bogus'],
      ['Name = "web"\n', 'Payload does not contain a kind/Kind key at the top level'],
    ] as const) {
      const done = await run('config', 'write', file(text));
      expect([done.code, done.stdout]).toEqual([1, '']);
      expect(done.stderr).toContain(`Failed to decode config entry input: ${message}`);
    }
    const missing = await run('config', 'write', join(folder, 'missing.hcl'));
    expect(missing.stderr).toContain('Failed to load data: Failed to read file: open ');
    expect((await run('config', 'write')).code).toBe(1);
    expect(server.seen).toEqual([]);
  });

  it('write tells that another entry stands there', async () => {
    answers = () => ({ body: 'false' });
    expect(await run('config', 'write', '-cas', file(JSON.stringify(WEB)))).toEqual({
      ...{ code: 1, stdout: '', stderr: 'Config entry not updated: service-defaults/web\n' },
    });
  });

  it('read, list and delete', async () => {
    const read = await run('config', 'read', '-kind', 'service-defaults', '-name', 'web');
    expect(read).toEqual({ code: 0, stdout: `${JSON.stringify(WEB, null, 4)}\n`, stderr: '' });
    answers = () => ({ body: [WEB, { ...WEB, Name: 'db' }] });
    expect((await run('config', 'list', '-kind', 'service-defaults')).stdout).toBe('web\ndb\n');
    answers = () => ({ body: {} });
    const deleted = await run('config', 'delete', '-kind', 'service-defaults', '-name', 'a/b');
    expect(deleted.stdout).toBe('Config entry deleted: service-defaults/a/b\n');
    expect(lines()).toEqual([
      'GET /v1/config/service-defaults/web',
      'GET /v1/config/service-defaults',
      'DELETE /v1/config/service-defaults/a%2Fb',
    ]);
    expect((await run('config', 'read')).stderr).toBe('Must specify the -kind parameter\n');
    expect((await run('config', 'delete', '-kind', 'x')).stderr).toBe(
      'Must specify the -name parameter\n',
    );
  });
});

describe('consul connect expose', () => {
  const expose = (...argv: string[]) =>
    run('connect', 'expose', '-ingress-gateway=gw', '-service=web', '-port=8080', ...argv);
  let present: object | undefined;
  let intentions: readonly object[];
  beforeEach(() => {
    present = undefined;
    intentions = [];
    answers = ({ method, url }) => {
      if (url === '/v1/connect/intentions') return { body: method === 'GET' ? intentions : {} };
      if (method === 'PUT') return { body: 'true' };
      return present ? { body: present } : { status: 404, body: 'not found' };
    };
  });

  it('makes the entry and the intention', async () => {
    expect(await expose()).toEqual({
      code: 0,
      stdout:
        'Successfully updated config entry for ingress service "gw"\n' +
        'Successfully set up intention for "gw" -> "web"\n',
      stderr: '',
    });
    expect(lines()).toEqual([
      'GET /v1/connect/intentions',
      'GET /v1/config/ingress-gateway/gw',
      'PUT /v1/config?cas=0',
      'POST /v1/connect/intentions',
    ]);
    expect(JSON.parse(server.seen[2]!.body.toString()).Listeners).toEqual([
      { Port: 8080, Protocol: 'tcp', Services: [{ Name: 'web', Hosts: null }] },
    ]);
  });

  it('adds to what is there, hosts too, once', async () => {
    const Services = [{ Name: 'web', Hosts: ['a.example'] }];
    const other = { Port: 9090, Protocol: 'tcp', Services: [{ Name: 'db', Hosts: null }] };
    present = {
      ...{ Kind: 'ingress-gateway', Name: 'gw', TLS: { Enabled: true }, ModifyIndex: 9 },
      Listeners: [{ Port: 8080, Protocol: 'http', Services }, other],
    };
    intentions = [
      ...[{ SourceNS: 'default', SourceName: 'gw', DestinationNS: 'default' }].map((one) => ({
        ...{ ...one, DestinationName: 'web', Action: 'allow' },
      })),
    ];
    const done = await expose('-protocol=http', '-host=a.example', '-host=b.example');
    expect(done.stdout).toContain('Intention already exists for "gw" -> "web"\n');
    expect(lines().at(-1)).toBe('PUT /v1/config?cas=9');
    expect(sent()).toMatchObject({
      TLS: { Enabled: true },
      Listeners: [
        { Port: 8080, Services: [{ Name: 'web', Hosts: ['a.example', 'b.example'] }] },
        other,
      ],
    });
    const clash = await expose('-protocol=grpc');
    expect([clash.code, clash.stderr]).toEqual([
      1,
      'Error exposing "web": Listener on port 8080 already configured with conflicting protocol "http"\n',
    ]);
  });

  it('does nothing where an intention denies, or a flag is missing', async () => {
    intentions = [
      {
        ...{ SourceNS: 'default', SourceName: 'gw', DestinationNS: 'default' },
        ...{ DestinationName: 'web', Action: 'deny' },
      },
    ];
    const denied = await expose();
    expect(denied.code).toBe(1);
    expect(denied.stderr).toContain('An intention denies "gw" -> "web"');
    for (const [argv, message] of [
      [['-service=web', '-port=1'], 'An ingress gateway service must be given'],
      [['-ingress-gateway=gw', '-port=1'], 'A service name must be given'],
      [['-ingress-gateway=gw', '-service=web'], 'A port must be provided'],
    ] as const) {
      expect((await run('connect', 'expose', ...argv)).stderr).toContain(message);
    }
    expect(server.seen.some(({ method }) => method !== 'GET')).toBe(false);
  });
});
