import { APP, FakeAclAgent, OPS } from '../testing/fake-acl-agent.ts';

const NODES_ID = 'b0b0b0b0-0000-1111-2222-333333333333';

describe('consul acl role', () => {
  let agent: FakeAclAgent;
  beforeAll(async () => {
    agent = await FakeAclAgent.start();
  });
  afterAll(() => agent.stop());
  beforeEach(() => {
    agent.reset();
    agent.extra = {
      'PUT /v1/acl/role': { body: OPS },
      [`PUT /v1/acl/role/${OPS.ID}`]: { body: OPS },
    };
  });

  const role = (...argv: string[]) => agent.run(['acl', 'role', ...argv]);

  it('create sends policies and identities', async () => {
    const identities = ['-service-identity=web', '-service-identity=db:dc1,dc2'];
    const policies = ['-policy-id=3a91', '-policy-name=nodes'];
    await role('create', '-name=ops', ...policies, ...identities, '-node-identity=n1:dc1');
    expect(agent.lines()).toEqual(['GET /v1/acl/policies', 'PUT /v1/acl/role']);
    expect(agent.sent()).toEqual({
      Name: 'ops',
      Description: '',
      Policies: [{ Name: 'nodes' }, { ID: APP.ID }],
      ServiceIdentities: [
        { ServiceName: 'web' },
        { ServiceName: 'db', Datacenters: ['dc1', 'dc2'] },
      ],
      NodeIdentities: [{ NodeName: 'n1', Datacenter: 'dc1' }],
    });
  });

  it('asks for the list of policies once, however many are named', async () => {
    await role('create', '-name=ops', '-policy-id=3a91', '-policy-id=3a', '-policy-id=0000');
    expect(agent.lines()).toEqual(['GET /v1/acl/policies', 'PUT /v1/acl/role']);
  });

  it.each([
    ['-service-identity=web:dc1:dc2', 'accepted are SERVICE and SERVICE:DATACENTER1,DATACENTER2'],
    ['-service-identity=web:', 'Malformed -service-identity "web:"'],
    ['-service-identity=:dc1', 'Malformed -service-identity ":dc1"'],
    ['-service-identity=', 'Malformed -service-identity ""'],
    ['-service-identity=web:dc1,', 'Malformed -service-identity "web:dc1,"'],
    ['-node-identity=n1', 'Malformed -node-identity "n1": accepted is NODE:DATACENTER'],
    ['-node-identity=n1:', 'Malformed -node-identity'],
    ['-node-identity=:dc1', 'Malformed -node-identity'],
    ['-node-identity=n1:dc1:x', 'Malformed -node-identity'],
    ['-policy-id=ff', 'Error determining policy ID: No such policy ID with prefix: ff'],
  ])('create %s is refused', async (flag, message) => {
    const done = await role('create', '-name=ops', flag);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toContain(message);
    expect(agent.lines()).not.toContain('PUT /v1/acl/role');
  });

  it('a role that is not there is told in words', async () => {
    const id = '00000000-0000-0000-0000-000000000009';
    expect(await role('read', '-id', id)).toEqual({
      ...{ code: 1, stdout: '', stderr: `Role not found with ID "${id}"\n` },
    });
    expect((await role('update', '-id', id)).stderr).toBe(`Role not found with ID "${id}"\n`);
    expect((await role('read', '-name=x')).stderr).toBe(
      'Error determining role ID: No such role with name x\n',
    );
    agent.extra = { [`GET /v1/acl/role/${id}`]: { status: 500, body: 'No cluster leader' } };
    expect((await role('read', '-id', id)).stderr).toBe(
      `Error reading role "${id}": Unexpected response code: 500 (No cluster leader)\n`,
    );
  });

  it('read and list as JSON, in the order of the original', async () => {
    const one = JSON.parse((await role('read', '-name=ops', '-format=json')).stdout) as object;
    expect(one).toEqual(OPS);
    expect(Object.keys(one)).toEqual([
      ...['ID', 'Name', 'Description', 'Policies', 'ServiceIdentities', 'Hash'],
      ...['CreateIndex', 'ModifyIndex'],
    ]);
    expect(JSON.parse((await role('list', '-format=json')).stdout)).toEqual([OPS]);
    const bare = { ...OPS, Policies: null, ServiceIdentities: null };
    agent.extra = { 'GET /v1/acl/roles': { body: [bare] } };
    const [listed] = JSON.parse((await role('list', '-format=json')).stdout) as [object];
    expect(listed).not.toHaveProperty('Policies');
    agent.extra = { 'GET /v1/acl/roles': { body: null } };
    expect(await role('list', '-format=json')).toMatchObject({ code: 0, stdout: '[]\n' });
    expect(await role('list')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('-meta adds digest and indexes', async () => {
    const hex = Buffer.from(OPS.Hash, 'base64').toString('hex');
    const meta = (indentation: string) =>
      `${indentation}Hash:         ${hex}\n${indentation}Create Index: 18\n${indentation}Modify Index: 18\n`;
    expect((await role('read', '-id=1d9c', '-meta')).stdout).toContain(`\n${meta('')}Policies:\n`);
    expect((await role('list', '-meta')).stdout).toContain(`\n${meta('   ')}   Policies:\n`);
  });

  describe('update', () => {
    it('adds to what it has', async () => {
      const added = ['-policy-name=app', '-policy-id=3a91', '-service-identity=web:dc2'];
      await role('update', '-id=1d9c', '-name=ops2', ...added, '-node-identity=n1:dc1');
      expect(agent.lines().at(-1)).toBe(`PUT /v1/acl/role/${OPS.ID}`);
      expect(agent.sent()).toEqual({
        ID: OPS.ID,
        Name: 'ops2',
        Description: '',
        Policies: OPS.Policies,
        ServiceIdentities: [{ ServiceName: 'web', Datacenters: ['dc2'] }],
        NodeIdentities: [{ NodeName: 'n1', Datacenter: 'dc1' }],
      });
    });

    it('adds what is new, once', async () => {
      const node = { NodeName: 'n1', Datacenter: 'dc1' };
      const now = { ...OPS, NodeIdentities: [node] };
      agent.extra = { ...agent.extra, [`GET /v1/acl/role/${OPS.ID}`]: { body: now } };
      const nodes = ['-node-identity=n1:dc1', '-node-identity=n1:dc2'];
      await role('update', '-id', OPS.ID, '-policy-id', NODES_ID, ...nodes, '-description=x');
      expect(agent.sent()).toMatchObject({
        Description: 'x',
        Policies: [...OPS.Policies, { ID: NODES_ID }],
        ServiceIdentities: OPS.ServiceIdentities,
        NodeIdentities: [node, { NodeName: 'n1', Datacenter: 'dc2' }],
      });
    });

    it('-no-merge keeps nothing', async () => {
      await role('update', '-id', OPS.ID, '-no-merge', '-name=ops', '-policy-name=nodes');
      expect(agent.lines()).toEqual([`PUT /v1/acl/role/${OPS.ID}`]);
      expect(agent.sent()).toEqual({
        ...{ ID: OPS.ID, Name: 'ops', Description: '' },
        ...{ Policies: [{ Name: 'nodes' }], ServiceIdentities: [], NodeIdentities: [] },
      });
      expect((await role('update', '-id=1d9c', '-no-merge')).stderr).toBe(
        '-no-merge sets every field: the -name parameter is needed, too\n',
      );
    });
  });
});
