import { FakeAclAgent } from '../testing/fake-acl-agent.ts';

const RULE = {
  ID: '0ec1bd2f-1d3b-bafb-d9bf-90ef04ab1890',
  Description: 'wildcard service',
  AuthMethod: 'minikube',
  Selector: 'serviceaccount.namespace==default',
  BindType: 'node',
  BindName: 'k8s-${serviceaccount.name}',
  CreateIndex: 558,
  ModifyIndex: 583,
};
const PATH = `/v1/acl/binding-rule/${RULE.ID}`;
const ABSENT = '00000000-0000-0000-0000-000000000009';

describe('consul acl binding-rule', () => {
  let agent: FakeAclAgent;
  beforeAll(async () => {
    agent = await FakeAclAgent.start();
  });
  afterAll(() => agent.stop());
  beforeEach(() => {
    agent.reset();
    agent.extra = {
      'GET /v1/acl/binding-rules': { body: [RULE] },
      'GET /v1/acl/binding-rules?authmethod=ci': { body: [] },
      'PUT /v1/acl/binding-rule': { body: RULE },
      [`GET ${PATH}`]: { body: RULE },
      [`PUT ${PATH}`]: { body: RULE },
      [`DELETE ${PATH}`]: { body: true },
    };
  });

  const rule = (...argv: string[]) => agent.run(['acl', 'binding-rule', ...argv]);

  it('create sends what the flags say, for a service where no type is given', async () => {
    const done = await rule('create', '-method=minikube', '-bind-name=x', '-selector=a==b');
    expect(agent.sent()).toEqual({
      ...{ AuthMethod: 'minikube', Description: '', Selector: 'a==b' },
      ...{ BindType: 'service', BindName: 'x' },
    });
    expect(done).toEqual({
      code: 0,
      stdout: `ID:           ${RULE.ID}
AuthMethod:   minikube
Description:  wildcard service
BindType:     node
BindName:     ${RULE.BindName}
Selector:     serviceaccount.namespace==default

`,
      stderr: '',
    });
    await rule('create', '-method=m', '-bind-name=x', '-bind-type=role', '-description=d');
    expect(agent.sent()).toMatchObject({ BindType: 'role', Description: 'd', Selector: '' });
  });

  it.each([
    [['-bind-name=x'], "Missing required '-method' flag"],
    [['-method=m'], "Missing required '-bind-name' flag"],
    [['-method=m', '-bind-name=x', '-bind-type='], "Missing required '-bind-type' flag"],
  ])('create %j is refused', async (flags, message) => {
    const done = await rule('create', ...flags);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toContain(`${message}\n\nUsage: consul acl binding-rule create`);
    expect(agent.lines()).toEqual([]);
  });

  it('read, by the beginning of its ID', async () => {
    expect((await rule('read', '-id=0ec1bd', '-meta')).stdout).toMatch(
      /\nSelector: {5}serviceaccount.namespace==default\nCreate Index: 558\nModify Index: 583\n\n$/,
    );
    const json = (await rule('read', '-id', RULE.ID, '-format=json')).stdout;
    expect(JSON.parse(json)).toEqual(RULE);
    expect(Object.keys(JSON.parse(json) as object)).toEqual(Object.keys(RULE));
    expect((await rule('read')).stderr).toBe('Must specify the -id parameter\n');
    expect((await rule('read', '-id', ABSENT)).stderr).toBe(
      `Binding rule not found with ID "${ABSENT}"\n`,
    );
    expect((await rule('read', '-id=ff')).stderr).toBe(
      'Error determining binding rule ID: No such binding rule ID with prefix: ff\n',
    );
  });

  it('list, of one auth method too', async () => {
    expect(await rule('list', '-meta')).toEqual({
      code: 0,
      stdout: `${RULE.ID}:
   AuthMethod:   minikube
   Description:  wildcard service
   BindType:     node
   BindName:     ${RULE.BindName}
   Selector:     serviceaccount.namespace==default
   Create Index: 558
   Modify Index: 583

`,
      stderr: '',
    });
    expect(JSON.parse((await rule('list', '-format=json')).stdout)).toEqual([RULE]);
    expect(await rule('list', '-method=ci')).toEqual({ code: 0, stdout: '', stderr: '' });
    agent.extra = { 'GET /v1/acl/binding-rules': { status: 403, body: 'Permission denied' } };
    expect((await rule('list')).stderr).toBe(
      'Failed to retrieve the binding rule list: Unexpected response code: 403 (Permission denied)\n',
    );
  });

  it('delete', async () => {
    expect(await rule('delete', '-id=0ec1bd')).toEqual({
      ...{ code: 0, stdout: `Binding rule "${RULE.ID}" deleted successfully\n`, stderr: '' },
    });
    expect((await rule('delete')).stderr).toBe('Must specify the -id parameter\n');
    expect((await rule('delete', '-id', ABSENT)).stderr).toBe(
      `Error deleting binding rule "${ABSENT}": Unexpected response code: 404\n`,
    );
  });

  describe('update', () => {
    const { CreateIndex: _created, ModifyIndex: _modified, ...fields } = RULE;

    it.each([
      ['-selector=', { Selector: '' }],
      ['-description=x', { Description: 'x' }],
      ['-bind-type=role', { BindType: 'role' }],
      ['-bind-name=x', { BindName: 'x' }],
    ])('%s changes that alone', async (flag, change) => {
      expect((await rule('update', '-id=0ec1bd', flag)).code).toBe(0);
      expect(agent.lines().at(-1)).toBe(`PUT ${PATH}`);
      expect(agent.sent()).toEqual({ ...fields, ...change });
    });

    it('-no-merge keeps the auth method alone', async () => {
      await rule('update', '-id=0ec1bd', '-no-merge', '-bind-name=x');
      expect(agent.sent()).toEqual({
        ...{ ID: RULE.ID, AuthMethod: 'minikube', Description: '', Selector: '' },
        ...{ BindType: 'service', BindName: 'x' },
      });
      const without = await rule('update', '-id=0ec1bd', '-no-merge');
      expect(without.stderr).toContain("Missing required '-bind-name' flag");
    });

    it('says what failed', async () => {
      expect((await rule('update')).stderr).toBe(
        'Cannot update a binding rule without specifying the -id parameter\n',
      );
      expect((await rule('update', '-id', ABSENT)).stderr).toBe(
        `Binding rule not found with ID "${ABSENT}"\n`,
      );
      agent.extra = { ...agent.extra, [`PUT ${PATH}`]: { status: 500, body: 'bad selector' } };
      expect((await rule('update', '-id=0ec1bd')).stderr).toBe(
        `Error updating binding rule "${RULE.ID}": Unexpected response code: 500 (bad selector)\n`,
      );
    });
  });
});
