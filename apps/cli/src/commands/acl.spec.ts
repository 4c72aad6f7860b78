import { FakeAclAgent, MASTER } from '../testing/fake-acl-agent.ts';

const RULES = 'key "a" { policy = "write" }';
const TRANSLATED = 'key_prefix "a" {\n  policy = "write"\n}';
const TRANSLATE = '/v1/acl/rules/translate';

describe('consul acl', () => {
  let agent: FakeAclAgent;
  beforeAll(async () => {
    agent = await FakeAclAgent.start();
  });
  afterAll(() => agent.stop());
  beforeEach(() => agent.reset());

  const acl = (...argv: string[]) => agent.run(['acl', ...argv]);

  it('lists its subcommands', async () => {
    const { code, stdout } = await acl('-h');
    expect(code).toBe(0);
    expect(stdout.match(/^ {4}(\S+)/gm)!.map((name) => name.trim())).toEqual([
      ...['auth-method', 'binding-rule', 'bootstrap', 'policy', 'role', 'set-agent-token'],
      ...['token', 'translate-rules'],
    ]);
    expect((await acl('token', '-h')).stdout).toMatch(/clone[\s\S]*update/);
    expect(await acl('token')).toMatchObject({ code: 1, stdout: '' });
  });

  describe('bootstrap', () => {
    beforeEach(() => {
      agent.extra = { 'PUT /v1/acl/bootstrap': { body: { ID: MASTER.SecretID, ...MASTER } } };
    });

    it('shows the first token', async () => {
      expect((await acl('bootstrap')).stdout).toMatch(
        /^AccessorID: {7}e3a132e6.*\nSecretID: {9}1{8}-.*\nDescription: {6}Master Token\n/,
      );
      expect(agent.requests()[0]).toMatchObject({ method: 'PUT', body: '' });
      const json = (await acl('bootstrap', '-format=json')).stdout;
      expect(JSON.parse(json)).toEqual(MASTER);
    });

    it('is not done for a format that there is not', async () => {
      expect((await acl('bootstrap', '-format=yaml')).stderr).toBe(
        'Unknown format: yaml (accepted: pretty, json)\n',
      );
      expect(agent.lines()).toEqual([]);
    });
  });

  describe('translate-rules', () => {
    it('of the argument, and of stdin', async () => {
      agent.extra = { [`POST ${TRANSLATE}`]: { body: TRANSLATED } };
      expect(await acl('translate-rules', RULES)).toEqual({
        ...{ code: 0, stdout: `${TRANSLATED}\n`, stderr: '' },
      });
      expect(agent.requests()[0]!.body).toBe(RULES);
      await agent.run(['acl', 'translate-rules', '-'], 'operator = "read"');
      expect(agent.requests()[1]!.body).toBe('operator = "read"');
    });

    it.each([
      ['-token-accessor', 'e3a1', ['GET /v1/acl/tokens']],
      ['-token-secret', 'old', ['GET /v1/acl/token/self']],
    ])('%s: of a token', async (flag, argument, asked) => {
      const path = `GET ${TRANSLATE}/${MASTER.AccessorID}`;
      agent.extra = { [path]: { body: TRANSLATED } };
      expect(await acl('translate-rules', flag, argument)).toEqual({
        ...{ code: 0, stdout: `${TRANSLATED}\n`, stderr: '' },
      });
      expect(agent.lines()).toEqual([...asked, path]);
    });

    it.each([
      [[], 'Missing RULES argument\n'],
      [['a', 'b', 'c'], 'Too many arguments (expected 1, got 3)\n'],
      [[' '], 'There are no rules to translate\n'],
      [['@/no/such'], 'Error loading rules: Failed to read file: open /no/such: no such file'],
      [
        ['-token-accessor', '-token-secret', 'a'],
        'Only one of -token-accessor and -token-secret may be given\n',
      ],
      [['-token-accessor', ''], 'The token that holds the rules is empty\n'],
    ])('%j is refused', async (argv, message) => {
      const done = await acl('translate-rules', ...argv);
      expect(done).toMatchObject({ code: 1, stdout: '' });
      expect(done.stderr).toContain(message);
      expect(agent.lines()).toEqual([]);
    });

    it('says what is wrong with the rules', async () => {
      const body = 'Bad request: Failed to parse rules: At 1:6: literal not terminated';
      agent.extra = { [`POST ${TRANSLATE}`]: { status: 400, body } };
      expect((await acl('translate-rules', 'key "')).stderr).toBe(
        `Error translating rules: Unexpected response code: 400 (${body})\n`,
      );
    });
  });

  describe('set-agent-token', () => {
    it.each([
      ['default', 'default'],
      ['agent', 'agent'],
      ['master', 'agent_master'],
      ['replication', 'replication'],
    ])('%s', async (type, kind) => {
      agent.extra = { [`PUT /v1/agent/token/${kind}`]: {} };
      expect(await acl('set-agent-token', type, 's3cr3t')).toEqual({
        ...{ code: 0, stdout: `ACL token "${type}" set successfully\n`, stderr: '' },
      });
      expect(agent.sent()).toEqual({ Token: 's3cr3t' });
    });

    it('an empty one takes it away', async () => {
      agent.extra = { 'PUT /v1/agent/token/agent': {} };
      expect((await acl('set-agent-token', 'agent', '')).code).toBe(0);
      expect(agent.sent()).toEqual({ Token: '' });
    });

    it.each([
      [['agent'], 'Error! Missing TOKEN argument\n'],
      [['agent', 'a', 'b'], 'Error! Too many arguments (expected 2, got 3)\n'],
      [['toString', 'a'], 'Unknown token type "toString" (accepted: default, agent, master,'],
    ])('%j is refused', async (argv, message) => {
      const done = await acl('set-agent-token', ...argv);
      expect(done).toMatchObject({ code: 1, stdout: '' });
      expect(done.stderr).toContain(message);
      expect(agent.lines()).toEqual([]);
    });

    it('says what failed', async () => {
      agent.extra = { 'PUT /v1/agent/token/agent': { status: 403, body: 'Permission denied' } };
      expect((await acl('set-agent-token', 'agent', 'x')).stderr).toBe(
        'Failed to set ACL token "agent": Unexpected response code: 403 (Permission denied)\n',
      );
    });
  });
});
