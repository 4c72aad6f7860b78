import { aclRoutes } from '@mesh/api-contract';
import { ApiClient } from '../client.ts';
import { FakeFetch } from '../testing/fake-fetch.ts';
import { InstantPlatform } from '../testing/instant-platform.ts';
import type { AclApi } from './acl.ts';

function aclOf(fake: FakeFetch): AclApi {
  return new ApiClient({ fetch: fake.fetch, platform: new InstantPlatform(), WebSocket: null }).acl;
}

const ID = '3a91c503-e313-e1b5-9173-872877bf34b2';
const policy = { Name: 'app', Rules: 'acl = "read"' };
const role = { Name: 'ops', Policies: [{ Name: 'app' }] };
const token = { Description: 't', Roles: [{ ID }], ExpirationTTL: '15m' };
const method = { Name: 'ci', Type: 'jwt', Config: { JWKSURL: 'https://ci' } };
const rule = { AuthMethod: 'ci', BindType: 'role', BindName: 'ops' } as const;
const bearer = { AuthMethod: 'ci', BearerToken: 'eyJh', Meta: { pod: 'web' } };

type Call = (acl: AclApi) => PromiseLike<unknown>;

/** Row of the contract, a call of its method, path and body that it must send. */
const CALLS: ReadonlyArray<
  readonly [row: keyof typeof aclRoutes, call: Call, path: string, body?: unknown]
> = [
  ['bootstrap', (acl) => acl.bootstrap(), '/v1/acl/bootstrap'],
  ['tokenList', (acl) => acl.tokens(), '/v1/acl/tokens'],
  ['tokenGet', (acl) => acl.token(ID), `/v1/acl/token/${ID}`],
  ['tokenSelf', (acl) => acl.self(), '/v1/acl/token/self'],
  ['tokenCreate', (acl) => acl.createToken(token), '/v1/acl/token', token],
  ['tokenClone', (acl) => acl.cloneToken(ID), `/v1/acl/token/${ID}/clone`, { Description: '' }],
  ['tokenUpdate', (acl) => acl.updateToken(ID, token), `/v1/acl/token/${ID}`, token],
  ['tokenDelete', (acl) => acl.deleteToken(ID), `/v1/acl/token/${ID}`],
  ['policyList', (acl) => acl.policies(), '/v1/acl/policies'],
  ['policyGet', (acl) => acl.policy(ID), `/v1/acl/policy/${ID}`],
  ['policyByName', (acl) => acl.policyByName('app'), '/v1/acl/policy/name/app'],
  ['policyCreate', (acl) => acl.createPolicy(policy), '/v1/acl/policy', policy],
  ['policyUpdate', (acl) => acl.updatePolicy(ID, policy), `/v1/acl/policy/${ID}`, policy],
  ['policyDelete', (acl) => acl.deletePolicy(ID), `/v1/acl/policy/${ID}`],
  ['roleList', (acl) => acl.roles({ policy: ID }), `/v1/acl/roles?policy=${ID}`],
  ['roleGet', (acl) => acl.role(ID), `/v1/acl/role/${ID}`],
  ['roleByName', (acl) => acl.roleByName('ops'), '/v1/acl/role/name/ops'],
  ['roleCreate', (acl) => acl.createRole(role), '/v1/acl/role', role],
  ['roleUpdate', (acl) => acl.updateRole(ID, role), `/v1/acl/role/${ID}`, role],
  ['roleDelete', (acl) => acl.deleteRole(ID), `/v1/acl/role/${ID}`],
  ['methodList', (acl) => acl.authMethods(), '/v1/acl/auth-methods'],
  ['methodGet', (acl) => acl.authMethod('ci'), '/v1/acl/auth-method/ci'],
  ['methodCreate', (acl) => acl.createAuthMethod(method), '/v1/acl/auth-method', method],
  ['methodUpdate', (acl) => acl.updateAuthMethod('ci', method), '/v1/acl/auth-method/ci', method],
  ['methodDelete', (acl) => acl.deleteAuthMethod('a b'), '/v1/acl/auth-method/a%20b'],
  ['ruleList', (acl) => acl.bindingRules(), '/v1/acl/binding-rules'],
  ['ruleGet', (acl) => acl.bindingRule(ID), `/v1/acl/binding-rule/${ID}`],
  ['ruleCreate', (acl) => acl.createBindingRule(rule), '/v1/acl/binding-rule', rule],
  ['ruleUpdate', (acl) => acl.updateBindingRule(ID, rule), `/v1/acl/binding-rule/${ID}`, rule],
  ['ruleDelete', (acl) => acl.deleteBindingRule(ID), `/v1/acl/binding-rule/${ID}`],
  ['login', (acl) => acl.login(bearer), '/v1/acl/login', bearer],
  ['logout', (acl) => acl.logout(), '/v1/acl/logout'],
  ['replication', (acl) => acl.replication(), '/v1/acl/replication'],
  [
    'translateRules',
    (acl) => acl.translateRules('key "" {}'),
    '/v1/acl/rules/translate',
    'key "" {}',
  ],
  ['translateTokenRules', (acl) => acl.translateTokenRules(ID), `/v1/acl/rules/translate/${ID}`],
];

/** What makes something new, or ends what makes the request: not sent again after a lost answer. */
const ONCE: readonly string[] = [
  ...['bootstrap', 'tokenCreate', 'tokenClone', 'policyCreate', 'roleCreate', 'methodCreate'],
  ...['ruleCreate', 'login', 'logout'],
];

/** With the name of the row before it, for the titles of tests. */
const named = CALLS.map((one) => [one[0], one] as const);

describe('acl', () => {
  it('has a call here for each row with a method', () => {
    const rows = Object.entries(aclRoutes).filter(([, { client }]) => client !== '');
    expect(CALLS.map(([row]) => row).sort()).toEqual(rows.map(([name]) => name).sort());
  });

  it.each(named)('%s', async (row, [, call, path, body]) => {
    const fake = new FakeFetch({ body: '{}' });
    await call(aclOf(fake));
    const [request] = fake.requests;
    expect([request!.method, fake.path()]).toEqual([aclRoutes[row].method, path]);
    const sent = typeof body === 'string' ? body : body && JSON.stringify(body);
    expect(request!.body).toEqual(sent);
  });

  it.each(named)('%s again, if that does no harm', async (row, [, call]) => {
    const fake = new FakeFetch(new Error('reset'), { body: '{}' });
    const outcome = await Promise.resolve(call(aclOf(fake))).then(
      () => 'done',
      () => 'failed',
    );
    const isOnce = ONCE.includes(row);
    expect([outcome, fake.requests.length]).toEqual(isOnce ? ['failed', 1] : ['done', 2]);
  });

  it('lists of tokens by what they have', async () => {
    const fake = new FakeFetch({ body: 'null' }, { body: '[]' });
    const acl = aclOf(fake);
    expect((await acl.tokens({ policy: 'p', role: 'r', authMethod: 'ci' })).data).toEqual([]);
    expect(fake.path()).toBe('/v1/acl/tokens?policy=p&role=r&authmethod=ci');
    await acl.bindingRules({ authMethod: 'ci', consistency: 'stale' });
    expect(fake.path()).toBe('/v1/acl/binding-rules?authmethod=ci&stale');
  });

  it('gives records as they are stored', async () => {
    const stored = { ...policy, ID, CreateIndex: 5, ModifyIndex: 5 };
    const fake = new FakeFetch({ body: stored }, { body: stored }, { body: stored });
    const acl = aclOf(fake);
    expect(await acl.createPolicy(policy)).toEqual(stored);
    expect(await acl.updatePolicy(ID, policy)).toEqual(stored);
    expect((await acl.policy(ID)).data).toEqual(stored);
  });

  it('rules are text, not JSON', async () => {
    const text = 'key_prefix "" {\n  policy = "read"\n}';
    const fake = new FakeFetch({ body: text }, { body: text });
    const acl = aclOf(fake);
    expect(await acl.translateRules('key "" { policy = "read" }')).toBe(text);
    expect((await acl.translateTokenRules(ID)).data).toBe(text);
  });

  it('a clone has a description of its own, and the token of a call is that of the call', async () => {
    const fake = new FakeFetch({ body: '{}' });
    await aclOf(fake).cloneToken(ID, { description: 'copy', token: 'mine' });
    expect(fake.requests[0]).toMatchObject({
      body: '{"Description":"copy"}',
      headers: { 'X-Consul-Token': 'mine' },
    });
  });

  it('rejects for what is not there', async () => {
    const fake = new FakeFetch({ status: 404 }, { status: 403, body: 'ACL not found' });
    const acl = aclOf(fake);
    await expect(acl.role(ID)).rejects.toMatchObject({ status: 404 });
    await expect(acl.policy(ID)).rejects.toMatchObject({ status: 403, body: 'ACL not found' });
  });
});
