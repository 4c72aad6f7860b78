import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APP, APP_RULES, FakeAclAgent, MANAGEMENT, MASTER } from '../testing/fake-acl-agent.ts';

const LEGACY = '5793a5ce-0000-1111-2222-333333333333';

describe('consul acl policy', () => {
  let agent: FakeAclAgent;
  let folder: string;
  beforeAll(async () => {
    agent = await FakeAclAgent.start();
    folder = await mkdtemp(join(tmpdir(), 'mesh-policy-'));
  });
  afterAll(async () => {
    await agent.stop();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    agent.reset();
    agent.extra = {
      'PUT /v1/acl/policy': { body: APP },
      [`PUT /v1/acl/policy/${APP.ID}`]: { body: APP },
    };
  });

  const policy = (...argv: string[]) => agent.run(['acl', 'policy', ...argv]);

  describe('create', () => {
    it('sends what the flags say', async () => {
      const flags = ['-name=app', '-description=d', '-rules', APP_RULES];
      await policy('create', ...flags, '-valid-datacenter=dc1', '-valid-datacenter', 'dc2');
      expect(agent.lines()).toEqual(['PUT /v1/acl/policy']);
      expect(agent.sent()).toEqual({
        ...{ Name: 'app', Description: 'd', Rules: APP_RULES, Datacenters: ['dc1', 'dc2'] },
      });
    });

    it('goes to the datacenter and namespace that are asked for', async () => {
      await policy('create', '-name=app', '-datacenter=dc2', '-namespace=default');
      expect(agent.lines()).toEqual(['PUT /v1/acl/policy?dc=dc2&ns=default']);
    });

    it('takes rules from a file, and from stdin', async () => {
      const file = join(folder, 'rules.hcl');
      writeFileSync(file, 'acl = "read"\n');
      await policy('create', '-name=app', `-rules=@${file}`);
      expect(agent.sent()).toMatchObject({ Rules: 'acl = "read"\n' });
      await agent.run(['acl', 'policy', 'create', '-name=app', '-rules=-'], 'operator = "read"');
      expect(agent.sent()).toMatchObject({ Rules: 'operator = "read"' });
    });

    it('takes the rules of a token of before 1.4, by accessor', async () => {
      agent.extra = {
        ...agent.extra,
        'GET /v1/acl/tokens': { body: [{ AccessorID: LEGACY }, { AccessorID: MASTER.AccessorID }] },
        [`GET /v1/acl/rules/translate/${LEGACY}`]: { body: 'key_prefix "" {\n}' },
      };
      expect((await policy('create', '-name=app', '-from-token=5793')).code).toBe(0);
      expect(agent.sent()).toMatchObject({ Rules: 'key_prefix "" {\n}' });
    });

    it('takes the rules of a token of before 1.4, by secret from a file', async () => {
      const file = join(folder, 'secret');
      writeFileSync(file, 'old-secret\n');
      agent.extra = {
        ...agent.extra,
        [`GET /v1/acl/rules/translate/${MASTER.AccessorID}`]: { body: 'acl = "read"' },
      };
      const flags = ['-name=app', '-token-secret', `-from-token=@${file}`];
      expect((await policy('create', ...flags, '-token=mine')).code).toBe(0);
      expect(agent.lines()).toEqual([
        'GET /v1/acl/token/self',
        `GET /v1/acl/rules/translate/${MASTER.AccessorID}`,
        'PUT /v1/acl/policy',
      ]);
      expect(agent.requests().map(({ headers }) => headers['x-consul-token'])).toEqual([
        ...['old-secret', 'mine', 'mine'],
      ]);
    });

    it.each([
      [['-rules=x', '-from-token=y'], 'Only one of -rules and -from-token may be given'],
      [['-token-secret'], '-token-secret says what -from-token is: it cannot be given alone'],
      [['-rules=@/no/such'], 'Error loading rules: Failed to read file: open /no/such: no such'],
      [['-format=xml'], 'Unknown format: xml (accepted: pretty, json)'],
      [['-from-token=-'], 'The token that holds the rules is empty'],
      [['-from-token=a b', '-token-secret'], 'Error reading the token: a secret has no spaces'],
      [['more'], 'Too many arguments (expected 0, got 1)'],
    ])('%j is refused before anything is changed', async (flags, message) => {
      const done = await policy('create', '-name=app', ...flags);
      expect(done).toMatchObject({ code: 1, stdout: '' });
      expect(done.stderr).toContain(message);
      expect(agent.lines().filter((line) => line.startsWith('PUT'))).toEqual([]);
    });

    it('says what a token without rules answers', async () => {
      agent.extra = {
        [`GET /v1/acl/rules/translate/${LEGACY}`]: { status: 403, body: 'ACL not found' },
      };
      expect((await policy('create', '-name=app', `-from-token=${LEGACY}`)).stderr).toBe(
        `Error translating the rules of token "${LEGACY}": Unexpected response code: 403 (ACL not found)\n`,
      );
    });
  });

  it('-meta adds digest and indexes', async () => {
    const shown = await policy('read', '-id=3a91', '-meta');
    expect(shown.stdout).toBe(
      `ID:           ${APP.ID}\nName:         app\nDescription:  d\nDatacenters:  \n` +
        `Hash:         ${Buffer.from(APP.Hash, 'base64').toString('hex')}\n` +
        `Create Index: 16\nModify Index: 16\nRules:\n${APP_RULES}\n`,
    );
    const listed = await policy('list', '-meta');
    expect(listed.stdout).toContain('   Datacenters:  \n   Hash:         b30210b7');
    expect(listed.stdout).toContain('   Create Index: 4\n   Modify Index: 4\napp:\n');
  });

  it('read takes one name for it, not two', async () => {
    const both = await policy('read', '-id=3a91', '-name=app');
    expect(both).toMatchObject({ code: 1, stdout: '' });
    expect(both.stderr).toBe('Only one of the -id and -name parameters may be given\n');
    expect((await policy('delete')).stderr).toBe(
      'Must specify either the -id or -name parameters\n',
    );
  });

  it('a whole ID and a built-in name need no list', async () => {
    agent.extra = { [`GET /v1/acl/policy/${MANAGEMENT.ID}`]: { body: MANAGEMENT } };
    expect((await policy('read', '-id=global-management')).code).toBe(0);
    expect((await policy('read', '-id', APP.ID)).code).toBe(0);
    expect(agent.lines()).toEqual([
      `GET /v1/acl/policy/${MANAGEMENT.ID}`,
      `GET /v1/acl/policy/${APP.ID}`,
    ]);
  });

  it('a beginning that fits several is told with them', async () => {
    const ids = [1, 2, 3, 4, 5, 6, 7].map((digit) => ({ ID: `aa${digit}` }));
    agent.extra = { 'GET /v1/acl/policies': { body: ids.slice(0, 2) } };
    expect((await policy('delete', '-id=a')).stderr).toBe(
      'Error determining policy ID: 2 policy IDs begin with a: aa1, aa2\n',
    );
    agent.extra = { 'GET /v1/acl/policies': { body: ids } };
    expect((await policy('delete', '-id=a')).stderr).toBe(
      'Error determining policy ID: 7 policy IDs begin with a: aa1, aa2, aa3, aa4, aa5 and 2 more\n',
    );
  });

  describe('update', () => {
    it('keeps what is not given', async () => {
      await policy('update', '-id=3a91', '-name=renamed', '-valid-datacenter=dc1');
      expect(agent.lines().at(-1)).toBe(`PUT /v1/acl/policy/${APP.ID}`);
      expect(agent.sent()).toEqual({
        ...{ ID: APP.ID, Name: 'renamed', Description: 'd', Rules: APP_RULES },
        Datacenters: ['dc1'],
      });
    });

    it('an empty value is a value', async () => {
      await policy('update', '-name=app', '-description=', '-rules=');
      expect(agent.sent()).toEqual({
        ...{ ID: APP.ID, Name: 'app', Description: '', Rules: '', Datacenters: [] },
      });
    });

    it('-no-merge keeps nothing', async () => {
      await policy('update', '-name=app', '-no-merge', '-rules=acl="read"');
      expect(agent.lines()).toEqual(['GET /v1/acl/policies', `PUT /v1/acl/policy/${APP.ID}`]);
      expect(agent.sent()).toEqual({
        ...{ ID: APP.ID, Name: 'app', Description: '', Rules: 'acl="read"', Datacenters: [] },
      });
    });

    it.each([
      [[], 'Must specify either the -id or -name parameters\n'],
      [['-id=3a91', '-no-merge'], '-no-merge sets every field: the -name parameter is needed'],
      [['-id=3a91', '-format=yaml'], 'Unknown format: yaml'],
    ])('%j is refused', async (flags, message) => {
      const done = await policy('update', ...flags);
      expect(done).toMatchObject({ code: 1, stdout: '' });
      expect(done.stderr).toContain(message);
      expect(agent.lines()).toEqual([]);
    });

    it('says what failed', async () => {
      agent.extra = {
        [`PUT /v1/acl/policy/${APP.ID}`]: { status: 500, body: 'No cluster leader' },
      };
      expect((await policy('update', '-name=app')).stderr).toBe(
        `Error updating policy "${APP.ID}": Unexpected response code: 500 (No cluster leader)\n`,
      );
      agent.extra = { [`PUT /v1/acl/policy/${APP.ID}`]: { body: 'no JSON' } };
      expect((await policy('update', '-name=app')).stderr).toMatch(
        /^Error updating policy ".*": the answer to \/v1\/acl\/policy\/.* is not JSON: /,
      );
    });
  });
});
