import { ANONYMOUS, FakeAclAgent, MASTER, OPS, TOKEN } from '../testing/fake-acl-agent.ts';

const PATH = `/v1/acl/token/${TOKEN.AccessorID}`;
const LEGACY = { ...TOKEN, Policies: undefined, Rules: 'key "" { policy = "read" }' };
const POLICY = { ID: 'b0b0b0b0-0000-1111-2222-333333333333', Name: 'nodes' };

describe('consul acl token', () => {
  let agent: FakeAclAgent;
  beforeAll(async () => {
    agent = await FakeAclAgent.start();
  });
  afterAll(() => agent.stop());
  beforeEach(() => {
    agent.reset();
    agent.extra = { 'PUT /v1/acl/token': { body: TOKEN }, [`PUT ${PATH}`]: { body: TOKEN } };
  });

  const token = (...argv: string[]) => agent.run(['acl', 'token', ...argv]);

  describe('create', () => {
    it('sends what the flags say', async () => {
      const links = ['-policy-name=app', '-role-id=1d9c', '-role-name=dev'];
      const identities = ['-service-identity=web', '-node-identity=n1:dc1'];
      const ids = [`-accessor=${TOKEN.AccessorID}`, `-secret=${TOKEN.SecretID}`];
      const flags = ['-description=t', '-local', '-expires-ttl=90m', ...ids];
      expect((await token('create', ...links, ...identities, ...flags)).code).toBe(0);
      expect(agent.lines()).toEqual(['GET /v1/acl/roles', 'PUT /v1/acl/token']);
      expect(agent.sent()).toEqual({
        ...{ AccessorID: TOKEN.AccessorID, SecretID: TOKEN.SecretID },
        ...{ Description: 't', Local: true, ExpirationTTL: '1h30m0s' },
        Policies: [{ Name: 'app' }],
        Roles: [{ Name: 'dev' }, { ID: OPS.ID }],
        ServiceIdentities: [{ ServiceName: 'web' }],
        NodeIdentities: [{ NodeName: 'n1', Datacenter: 'dc1' }],
      });
    });

    it('leaves out what the servers shall choose', async () => {
      await token('create', '-policy-name=app');
      expect(Object.keys(agent.sent() as object).sort()).toEqual([
        ...['Description', 'Local', 'NodeIdentities', 'Policies', 'Roles', 'ServiceIdentities'],
      ]);
    });

    it.each([
      [['-expires-ttl=-1m'], '-expires-ttl must not be negative\n'],
      [['-expires-ttl=soon'], 'invalid value "soon" for flag -expires-ttl: parse error\n'],
      [['-format='], 'Unknown format:  (accepted: pretty, json)\n'],
      [['-role-id=ff'], 'Error determining role ID: No such role ID with prefix: ff\n'],
    ])('%j is refused', async (flags, message) => {
      const done = await token('create', '-role-name=x', ...flags);
      expect(done).toMatchObject({ code: 1, stdout: '' });
      expect(done.stderr).toContain(message);
      expect(agent.lines()).not.toContain('PUT /v1/acl/token');
    });
  });

  describe('read', () => {
    it('knows the anonymous token by its name', async () => {
      const path = `GET /v1/acl/token/${ANONYMOUS.AccessorID}`;
      agent.extra = { [path]: { body: ANONYMOUS } };
      expect((await token('read', '-id=anonymous')).stdout).toMatch(
        /^AccessorID: {7}00000000-0000-0000-0000-000000000002\nSecretID: {9}anonymous\n/,
      );
      expect(agent.lines()).toEqual([path]);
    });

    it('-self shows the token of the request', async () => {
      await token('read', '-self', '-token=mine');
      expect(agent.requests()[0]!.headers['x-consul-token']).toBe('mine');
    });

    it.each([
      [[], 'Must specify the -id parameter, or -self\n'],
      [['-self', '-id=a'], 'Only one of the -id and -self parameters may be given\n'],
    ])('%j is refused', async (flags, message) => {
      expect(await token('read', ...flags)).toEqual({ code: 1, stdout: '', stderr: message });
    });

    it('says what failed', async () => {
      const denied = { status: 403, body: 'ACL not found' };
      agent.extra = { [`GET ${PATH}`]: denied, 'GET /v1/acl/token/self': denied };
      const reason = 'Unexpected response code: 403 (ACL not found)\n';
      expect((await token('read', '-id', TOKEN.AccessorID)).stderr).toBe(
        `Error reading token "${TOKEN.AccessorID}": ${reason}`,
      );
      expect((await token('read', '-self')).stderr).toBe(`Error reading token: ${reason}`);
    });
  });

  it('clone sends the description alone', async () => {
    agent.extra = { [`PUT ${PATH}/clone`]: { body: TOKEN } };
    expect((await token('clone', '-id=aaaa', '-description=copy')).code).toBe(0);
    expect(agent.sent()).toEqual({ Description: 'copy' });
    expect((await token('clone')).stderr).toBe(
      'Cannot clone a token without specifying the -id parameter\n',
    );
    agent.extra = {};
    expect((await token('clone', '-id=aaaa')).stderr).toBe(
      `Error cloning token "${TOKEN.AccessorID}": Unexpected response code: 404\n`,
    );
  });

  it('delete wants to know which', async () => {
    expect((await token('delete')).stderr).toBe('Must specify the -id parameter\n');
    expect((await token('delete', '-id', MASTER.AccessorID)).stderr).toBe(
      `Error deleting token "${MASTER.AccessorID}": Unexpected response code: 404\n`,
    );
  });

  it('list as JSON has no secrets', async () => {
    agent.extra = { 'GET /v1/acl/tokens': { body: [TOKEN] } };
    const { stdout } = await token('list', '-format=json', '-meta');
    const { SecretID, ...rest } = TOKEN;
    expect(JSON.parse(stdout)).toEqual([{ ...rest, Legacy: false }]);
    expect(stdout).not.toContain(SecretID);
  });

  describe('update', () => {
    const now = {
      ...TOKEN,
      Roles: [{ ID: OPS.ID, Name: 'ops' }],
      ServiceIdentities: [{ ServiceName: 'web' }],
      NodeIdentities: [{ NodeName: 'n1', Datacenter: 'dc1' }],
      AuthMethod: 'ci',
    };
    const given = [
      ...['-policy-name=nodes', '-role-name=dev', '-service-identity=db'],
      '-node-identity=n2:dc1',
    ];
    const added = {
      Policies: [{ Name: 'nodes' }],
      Roles: [{ Name: 'dev' }],
      ServiceIdentities: [{ ServiceName: 'db' }],
      NodeIdentities: [{ NodeName: 'n2', Datacenter: 'dc1' }],
    };
    beforeEach(() => {
      agent.extra = { ...agent.extra, [`GET ${PATH}`]: { body: now } };
    });

    it('puts what is given in the place of what it has', async () => {
      expect((await token('update', '-id=aaaa', ...given)).code).toBe(0);
      expect(agent.lines().slice(-2)).toEqual([`GET ${PATH}`, `PUT ${PATH}`]);
      expect(agent.sent()).toEqual({ ...now, ...added });
    });

    it.each([
      ['-merge-policies', 'Policies'],
      ['-merge-roles', 'Roles'],
      ['-merge-service-identities', 'ServiceIdentities'],
      ['-merge-node-identities', 'NodeIdentities'],
    ] as const)('%s keeps those it has', async (flag, field) => {
      await token('update', '-id=aaaa', ...given, flag);
      expect(agent.sent()).toEqual({
        ...{ ...now, ...added },
        [field]: [...now[field], ...added[field]],
      });
    });

    it('an empty description is one', async () => {
      await token('update', '-id=aaaa', '-description=', '-merge-policies');
      expect(agent.sent()).toMatchObject({ Description: '', Policies: TOKEN.Policies });
    });

    it('says what failed', async () => {
      expect((await token('update')).stderr).toBe(
        'Cannot update a token without specifying the -id parameter\n',
      );
      agent.extra = { [`PUT ${PATH}`]: { status: 500, body: 'No cluster leader' } };
      expect((await token('update', '-id=aaaa')).stderr).toBe(
        `Failed to update token "${TOKEN.AccessorID}": Unexpected response code: 500 (No cluster leader)\n`,
      );
    });
  });

  describe('update of a token of before 1.4', () => {
    beforeEach(() => {
      agent.extra = { ...agent.extra, [`GET ${PATH}`]: { body: LEGACY } };
    });

    it('-upgrade-legacy puts policies in the place of its rules', async () => {
      const done = await token('update', '-id=aaaa', '-upgrade-legacy', '-policy-id', POLICY.ID);
      expect(done.code).toBe(0);
      expect(agent.sent()).toMatchObject({
        ...{ SecretID: TOKEN.SecretID, Policies: [{ ID: POLICY.ID }] },
      });
      expect(agent.sent()).not.toHaveProperty('Rules');
    });

    it.each([
      [['-policy-name=nodes'], 'has rules of its own, which an update takes away: -upgrade-legacy'],
      [
        ['-description=x'],
        'has rules of its own, which an update takes away: -upgrade-legacy puts',
      ],
      [['-upgrade-legacy'], '-upgrade-legacy takes the rules away: give what comes in their place'],
    ])('%j is refused, whether the agent shows the rules or not', async (flags, message) => {
      for (const shown of [{ Rules: LEGACY.Rules }, { Legacy: true }]) {
        agent.extra = { [`GET ${PATH}`]: { body: { ...TOKEN, Policies: [], ...shown } } };
        const done = await token('update', '-id=aaaa', ...flags);
        expect(done).toMatchObject({ code: 1, stdout: '' });
        expect(done.stderr).toContain(message);
        expect(agent.lines()).not.toContain(`PUT ${PATH}`);
      }
    });

    it('-upgrade-legacy is for such tokens alone', async () => {
      agent.extra = {};
      const done = await token('update', '-id=aaaa', '-upgrade-legacy', '-policy-name=nodes');
      expect(done.stderr).toContain('has no rules of its own: -upgrade-legacy is for tokens of');
      expect(agent.lines()).not.toContain(`PUT ${PATH}`);
    });
  });
});
