import type { VerifiedIdentity } from './login-verifier.ts';
import { AclWorld } from './testing/acl-world.ts';

interface Shown {
  readonly AccessorID: string;
  readonly SecretID: string;
  readonly [field: string]: unknown;
}

const bob: VerifiedIdentity = { values: { sub: 'Bob', team: 'web' }, lists: { groups: ['ops'] } };

describe('login', () => {
  let world: AclWorld;
  let boot: string;
  const put = <T = { ID: string }>(path: string, body: object) =>
    world.json<T>('PUT', `/v1/acl/${path}`, boot, body);
  const bind = (rule: object) => put('binding-rule', { AuthMethod: 'ci', ...rule });
  const login = (more: object = {}) =>
    world.json<Shown>('POST', '/v1/acl/login', '', {
      ...{ AuthMethod: 'ci', BearerToken: 'bob', ...more },
    });

  beforeEach(async () => {
    world = new AclWorld();
    await world.seed();
    boot = await world.bootstrap();
    world.identities.set('bob', bob);
    await put('auth-method', { Name: 'ci', Type: 'jwt', MaxTokenTTL: '5m', Config: { a: 1 } });
  });

  it('gives what the rules that match say', async () => {
    await put('role', { Name: 'ops-web' });
    await bind({ BindType: 'service', BindName: '${value.team}-api' });
    await bind({ Selector: 'ops in list.groups', BindType: 'role', BindName: 'ops-${value.team}' });
    await bind({ Selector: 'value.sub != Bob', BindType: 'service', BindName: 'never' });
    await bind({ BindType: 'role', BindName: 'yet-to-come' });
    await bind({ BindType: 'node', BindName: 'n-${value.sub}' });
    const token = await login({ Meta: { pod: 'p1' } });
    expect(token).toMatchObject({
      Description: 'token created via login: {"pod":"p1"}',
      ServiceIdentities: [{ ServiceName: 'web-api' }],
      NodeIdentities: [{ NodeName: 'n-bob', Datacenter: 'dc1' }],
      Roles: [{ Name: 'ops-web' }],
      Local: true,
      AuthMethod: 'ci',
    });
    expect(Date.parse(String(token['ExpirationTime']))).toBe(world.rpc.nowMs + 300_000);
    expect(world.authorizerOf(token.SecretID).allows('service', 'write', 'web-api')).toBe(true);
    world.rpc.nowMs += 300_000;
    expect(() => world.authorizerOf(token.SecretID)).toThrow('ACL not found');
  });

  it('gives nothing to whom no rule matches', async () => {
    await bind({ Selector: 'value.sub == eve', BindType: 'service', BindName: 'x' });
    const { length } = world.rpc.applied;
    await expect(login()).rejects.toThrow('Permission denied');
    expect(world.rpc.applied).toHaveLength(length);
  });

  it('nor to who proves nothing, or does so to nobody', async () => {
    await bind({ BindType: 'service', BindName: 'x' });
    await expect(login({ BearerToken: 'eve' })).rejects.toThrow('error parsing token');
    await expect(login({ AuthMethod: 'none' })).rejects.toThrow('ACL not found');
    await expect(login({ Bogus: 1 })).rejects.toThrow('unknown field Bogus');
  });

  it('does not let a claim make a name of it that is none', async () => {
    await bind({ BindType: 'service', BindName: '${value.sub}' });
    world.identities.set('bob', { values: { sub: 'a b' }, lists: {} });
    await expect(login()).rejects.toThrow('has an invalid name');
  });

  it('logging out ends the token, and only one of a login', async () => {
    await bind({ BindType: 'service', BindName: 'x' });
    const { SecretID } = await login();
    expect(await world.json('POST', '/v1/acl/logout', SecretID)).toBe(true);
    expect(() => world.authorizerOf(SecretID)).toThrow('ACL not found');
    await expect(world.json('POST', '/v1/acl/logout', boot)).rejects.toThrow('Permission denied');
  });

  it('with the method go its rules and tokens', async () => {
    await bind({ BindType: 'service', BindName: 'x' });
    const { SecretID } = await login();
    await world.json('DELETE', '/v1/acl/auth-method/ci', boot);
    expect(() => world.authorizerOf(SecretID)).toThrow('ACL not found');
    expect(await world.json('GET', '/v1/acl/binding-rules', boot)).toEqual([]);
    expect(() => world.authorizerOf(boot)).not.toThrow();
  });

  it('of service accounts knows namespace, name and uid', async () => {
    await put('auth-method', { Name: 'k8s', Type: 'kubernetes', Config: { a: 1 } });
    const rule = { AuthMethod: 'k8s', BindType: 'service', BindName: '${serviceaccount.name}' };
    await put('binding-rule', { ...rule, Selector: 'serviceaccount.namespace == shop' });
    world.identities.set('pod', {
      values: { namespace: 'shop', name: 'web', uid: '1' },
      lists: {},
    });
    const pod = { AuthMethod: 'k8s', BearerToken: 'pod' };
    expect(await login(pod)).toMatchObject({ ServiceIdentities: [{ ServiceName: 'web' }] });
    world.identities.set('pod', { values: { namespace: 'b', name: 'web', uid: '1' }, lists: {} });
    await expect(login(pod)).rejects.toThrow('Permission denied');
    await expect(put('binding-rule', { ...rule, BindName: '${value.name}' })).rejects.toThrow(
      'BindName: ${value.name} is none, accepted are such as ${serviceaccount.name}',
    );
    await expect(put('binding-rule', { ...rule, Selector: 'value.x == a' })).rejects.toThrow(
      'Selector is invalid',
    );
  });

  test.each([
    [{ Name: 'a b', Type: 'jwt', Config: { a: 1 } }, 'Invalid Auth Method: invalid Name'],
    [{ Name: 'x', Type: 'ldap', Config: { a: 1 } }, 'one of: [jwt kubernetes]'],
    [{ Name: 'x', Type: 'jwt', Config: {} }, 'Invalid Auth Method: jwt wants more'],
    [{ Name: 'ci', Type: 'jwt', Config: { a: 1 } }, 'an Auth Method with Name "ci" already exists'],
    [{ Name: 'x', Type: 'jwt', Config: { a: 1 }, MaxTokenTTL: '59s' }, 'from 1m0s to 24h0m0s'],
    [{ Name: 'x', Type: 'jwt', Config: { a: 1 }, MaxTokenTTL: 'x' }, '"x" is no duration'],
    [{ Name: 'x', Type: 'jwt', Config: { a: 1 }, TokenLocality: 'here' }, 'local and global'],
  ])('methods: %j', async (method, why) => {
    await expect(put('auth-method', method)).rejects.toThrow(why);
  });

  it('methods are set by who may write ACLs alone, and replaced with their checks', async () => {
    const method = { Name: 'ci', Type: 'jwt', Config: { b: 2 } };
    const path = '/v1/acl/auth-method/ci';
    expect(await world.ask('PUT', path, '', method)).toMatchObject({ status: 403 });
    expect(await put('auth-method/ci', method)).toMatchObject({ Config: { b: 2 } });
    await expect(put('auth-method/ci', { ...method, Config: {} })).rejects.toThrow('wants more');
    await expect(put('auth-method/none', { ...method, Name: 'none' })).rejects.toThrow(
      'Cannot find auth method "none"',
    );
  });
});
