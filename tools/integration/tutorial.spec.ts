/** The getting-started tutorial as a person types it, against real processes. */
import { AgentProcess, LAUNCHER, requireTool, run, until } from '@mesh/testkit';

const WEB = { service: { name: 'web', tags: ['rails'], port: 80 } };

describe('tutorial: the agent', () => {
  let agent: AgentProcess;
  beforeAll(async () => {
    agent = await AgentProcess.start();
  });
  afterAll(() => agent.stop());

  it('prints the banner', () => {
    const log = agent.log();
    expect(log).toContain('==> Starting Consul agent...');
    for (const label of [
      'Version:',
      'Node ID:',
      'Node name:',
      'Datacenter:',
      'Server:',
      'Client Addr:',
      'Cluster Addr:',
      'Encrypt:',
      '==> Log data will now stream in as it occurs:',
      '==> Consul agent running!',
    ]) {
      expect(log).toContain(label);
    }
  });

  it('members lists this node in columns', async () => {
    const { code, stdout } = await agent.cli(['members']);
    expect(code).toBe(0);
    const [header, row] = stdout.split('\n');
    expect(header).toMatch(/^Node\s+Address\s+Status\s+Type\s+Build\s+Protocol\s+DC\s+Segment$/);
    expect(row).toMatch(/^test\s+127\.0\.0\.1:\d+\s+alive\s+server\s+1\.8\.6\s+2\s+dc1\s+<all>$/);
    // Columns align: the second one starts at the same place.
    expect(row!.indexOf('127.')).toBe(header!.indexOf('Address'));
  });

  it('members -detailed shows tags', async () => {
    const { stdout } = await agent.cli(['members', '-detailed']);
    expect(stdout).toMatch(/acls=0,build=1\.8\.6:,dc=dc1,.*role=consul/);
  });

  it('the catalog lists the node with its addresses', async () => {
    const [node] = (await agent.http('GET', '/v1/catalog/nodes')).json<Record<string, unknown>[]>();
    expect(node).toMatchObject({ Node: 'test', Address: '127.0.0.1', Datacenter: 'dc1' });
    expect(Object.keys(node!['TaggedAddresses'] as object)).toEqual(
      expect.arrayContaining(['lan', 'wan']),
    );
  });

  it('DNS knows the node', async () => {
    if (!requireTool('dig')) return;
    const answer = await agent.dig('test.node.consul');
    expect(answer).toContain('status: NOERROR');
    expect(answer).toContain('flags: qr aa rd');
    expect(answer).toMatch(/test\.node\.consul\.\s+0\s+IN\s+A\s+127\.0\.0\.1/);
  });

  it('nx runs the same program: arguments, output and exit code pass through', async () => {
    const env = { CONSUL_HTTP_ADDR: agent.address };
    const nx = (args: string[]) => run('npx', ['nx', 'run', 'cli:consul', '--', ...args], { env });
    const put = await nx(['kv', 'put', '-flags=7', 'nx/key', '$HOME "x" y']);
    expect(put).toMatchObject({ code: 0, stdout: 'Success! Data written to: nx/key\n' });
    expect((await nx(['kv', 'get', 'nx/key'])).stdout).toBe('$HOME "x" y\n');
    expect(await nx(['members', '-status=failed'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('leaves', async () => {
    const { code, stdout } = await agent.cli(['leave']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Graceful leave complete\n' });
    expect(await agent.waitForExit()).toBe(0);
  });
});

describe('tutorial: a service, its health and DNS', () => {
  let agent: AgentProcess;
  beforeAll(async () => {
    agent = await AgentProcess.start({
      args: ['-enable-script-checks', '-config-dir=./consul.d'],
      files: { 'consul.d/web.json': WEB },
    });
    await until('the service to be synced', () => /Synced service: service=web/.test(agent.log()));
  });
  afterAll(() => agent.stop());

  it('answers A, SRV with additional records, and the tag', async () => {
    if (!requireTool('dig')) return;
    expect(await agent.dig('web.service.consul')).toMatch(
      /web\.service\.consul\.\s+0\s+IN\s+A\s+127\.0\.0\.1/,
    );
    const srv = await agent.dig('web.service.consul', 'SRV');
    expect(srv).toMatch(/SRV\s+1 1 80 test\.node\.dc1\.consul\./);
    expect(srv).toMatch(/test\.node\.dc1\.consul\.\s+0\s+IN\s+A\s+127\.0\.0\.1/);
    expect(srv).toMatch(/TXT\s+"consul-network-segment="/);
    expect(await agent.dig('rails.web.service.consul')).toMatch(/IN\s+A\s+127\.0\.0\.1/);
  });

  it('is in the catalog and in the health API', async () => {
    const [row] = (await agent.http('GET', '/v1/catalog/service/web')).json<object[]>();
    expect(row).toMatchObject({
      ServiceName: 'web',
      ServicePort: 80,
      ServiceTags: ['rails'],
      ServiceWeights: { Passing: 1, Warning: 1 },
      ServiceEnableTagOverride: false,
    });
    const [entry] = (await agent.http('GET', '/v1/health/service/web?passing')).json<object[]>();
    expect(entry).toMatchObject({
      Service: { ID: 'web' },
      Checks: [{ CheckID: 'serfHealth', Output: 'Agent alive and reachable' }],
    });
  });

  it('a failing check takes it out of DNS', async () => {
    if (!requireTool('curl') || !requireTool('dig')) return;
    // Port 1 of loopback: nothing listens there.
    const check = { args: ['curl', '-s', 'http://127.0.0.1:1'], interval: '1s' };
    agent.write('consul.d/web.json', { service: { ...WEB.service, check } });
    const { code, stdout } = await agent.cli(['reload']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Configuration reload triggered\n' });
    await until('the warning', () =>
      /\[WARN\].*Check is now critical: check=service:web/.test(agent.log()),
    );
    const answer = await until('NXDOMAIN', async () => {
      const text = await agent.dig('web.service.consul');
      return text.includes('status: NXDOMAIN') ? text : undefined;
    });
    expect(answer).toMatch(/consul\.\s+0\s+IN\s+SOA\s+ns\.consul\. hostmaster\.consul\./);
  });
});

describe('tutorial: the key-value store', () => {
  let agent: AgentProcess;
  beforeAll(async () => {
    agent = await AgentProcess.start();
  });
  afterAll(() => agent.stop());

  const DETAILED = new RegExp(
    [
      'CreateIndex +\\d+',
      'Flags +42',
      'Key +redis/config/users/admin',
      'LockIndex +0',
      'ModifyIndex +\\d+',
      'Session +-',
      'Value +abcd1234\n',
    ].join('\n'),
  );

  it.each<[string[], number, string | RegExp]>([
    [['put', 'redis/config/minconns', '1'], 0, 'Success! Data written to: redis/config/minconns\n'],
    [
      ['put', 'redis/config/maxconns', '25'],
      0,
      'Success! Data written to: redis/config/maxconns\n',
    ],
    [
      ['put', '-flags=42', 'redis/config/users/admin', 'abcd1234'],
      0,
      'Success! Data written to: redis/config/users/admin\n',
    ],
    [['get', 'redis/config/minconns'], 0, '1\n'],
    [['get', '-detailed', 'redis/config/users/admin'], 0, DETAILED],
    [
      ['get', '-recurse'],
      0,
      'redis/config/maxconns:25\nredis/config/minconns:1\nredis/config/users/admin:abcd1234\n',
    ],
    [['delete', 'redis/config/minconns'], 0, 'Success! Deleted key: redis/config/minconns\n'],
    [['get', 'redis/config/minconns'], 1, ''],
    [['delete', '-recurse', 'redis'], 0, 'Success! Deleted keys with prefix: redis\n'],
    [['get', '-recurse'], 0, ''],
    [['put', 'foo', 'bar'], 0, 'Success! Data written to: foo\n'],
    [['put', 'foo', 'zip'], 0, 'Success! Data written to: foo\n'],
    [['get', 'foo'], 0, 'zip\n'],
  ])('kv %j', async (args, code, expected) => {
    const result = await agent.cli(['kv', ...args]);
    expect(result.code).toBe(code);
    if (typeof expected === 'string') expect(result.stdout).toBe(expected);
    else expect(result.stdout).toMatch(expected);
  });
});

describe('tutorial: help', () => {
  it('lists the 31 commands and exits 127 without one', async () => {
    const { code, stdout, stderr } = await run(LAUNCHER, []);
    expect(code).toBe(127);
    const commands =
      'acl agent catalog config connect debug event exec force-leave info intention join keygen ' +
      'keyring kv leave lock login logout maint members monitor operator reload rtt services ' +
      'snapshot tls validate version watch';
    for (const command of commands.split(' ')) {
      expect(stdout + stderr).toMatch(new RegExp(`^\\s+${command}\\s`, 'm'));
    }
  });
});
