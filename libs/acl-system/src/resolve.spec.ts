import { resolveSecret } from './resolve.ts';
import { AclWorld } from './testing/acl-world.ts';

describe('what a secret stands for', () => {
  let world: AclWorld;
  let boot: string;
  const put = <T = { ID: string }>(path: string, body: object) =>
    world.json<T>('PUT', `/v1/acl/${path}`, boot, body);
  const secretOf = async (body: object) =>
    (await put<{ SecretID: string }>('token', body)).SecretID;
  const allows = (
    secret: string,
    ...asked: ['key' | 'service' | 'node', 'read' | 'write', string]
  ) => world.authorizerOf(secret).allows(...asked);
  const inDatacenter = (secret: string, datacenter: string) =>
    resolveSecret(world.rpc.store.view(), secret, datacenter, world.rpc.nowMs);

  beforeEach(async () => {
    world = new AclWorld();
    await world.seed();
    boot = await world.bootstrap();
  });

  it('is what its policies and those of its roles say', async () => {
    await put('policy', { Name: 'a', Rules: 'key_prefix "a/" { policy = "write" }' });
    await put('policy', { Name: 'b', Rules: '{"key":{"b":{"policy":"read"}}}' });
    await put('role', { Name: 'r', Policies: [{ Name: 'b' }] });
    const secret = await secretOf({ Policies: [{ Name: 'a' }], Roles: [{ Name: 'r' }] });
    expect(allows(secret, 'key', 'write', 'a/x')).toBe(true);
    expect(allows(secret, 'key', 'read', 'b')).toBe(true);
    expect(allows(secret, 'key', 'write', 'b')).toBe(false);
    expect(allows(secret, 'key', 'read', 'c')).toBe(false);
  });

  it('changes with them', async () => {
    const { ID } = await put('policy', { Name: 'a', Rules: 'key "k" { policy = "read" }' });
    const role = await put('role', { Name: 'r', Policies: [{ ID }] });
    const secret = await secretOf({ Roles: [{ Name: 'r' }] });
    expect(allows(secret, 'key', 'write', 'k')).toBe(false);
    await put(`policy/${ID}`, { Name: 'a', Rules: 'key "k" { policy = "write" }' });
    expect(allows(secret, 'key', 'write', 'k')).toBe(true);
    await world.json('DELETE', `/v1/acl/role/${role.ID}`, boot);
    expect(allows(secret, 'key', 'read', 'k')).toBe(false);
  });

  it('identities are those of a service with its sidecar, and of a node', async () => {
    const secret = await secretOf({
      ServiceIdentities: [{ ServiceName: 'web' }],
      NodeIdentities: [{ NodeName: 'n1', Datacenter: 'dc1' }],
    });
    expect(allows(secret, 'service', 'write', 'web')).toBe(true);
    expect(allows(secret, 'service', 'write', 'web-sidecar-proxy')).toBe(true);
    expect(allows(secret, 'service', 'write', 'db')).toBe(false);
    expect(allows(secret, 'service', 'read', 'db')).toBe(true);
    expect(allows(secret, 'node', 'write', 'n1')).toBe(true);
    expect(allows(secret, 'node', 'write', 'n2')).toBe(false);
  });

  it('counts where it is said to count', async () => {
    await put('policy', { Name: 'a', Rules: 'key "k" { policy = "read" }', Datacenters: ['dc2'] });
    const secret = await secretOf({
      Policies: [{ Name: 'a' }],
      ServiceIdentities: [{ ServiceName: 'web', Datacenters: ['dc2'] }],
      NodeIdentities: [{ NodeName: 'n1', Datacenter: 'dc2' }],
    });
    expect(inDatacenter(secret, 'dc1')?.rules).toEqual([]);
    expect(inDatacenter(secret, 'dc2')?.rules).toHaveLength(3);
  });

  it('the management policy alone denies nothing; with another one that one counts too', async () => {
    await put('policy', { Name: 'no', Rules: 'key "k" { policy = "deny" }' });
    const all = { Name: 'global-management' };
    expect(world.authorizerOf(await secretOf({ Policies: [all] })).isManagement).toBe(true);
    const both = await secretOf({ Policies: [all, { Name: 'no' }] });
    expect(world.authorizerOf(both).isManagement).toBe(false);
    expect(allows(both, 'key', 'write', 'k')).toBe(false);
    expect(allows(both, 'key', 'write', 'other')).toBe(true);
  });

  it('none is the anonymous token, which may be given rights', async () => {
    expect(allows('', 'key', 'read', 'k')).toBe(false);
    await put('policy', { Name: 'public', Rules: 'key "k" { policy = "read" }' });
    const anonymous = 'token/00000000-0000-0000-0000-000000000002';
    await put(anonymous, { Policies: [{ Name: 'public' }] });
    expect(allows('', 'key', 'read', 'k')).toBe(true);
    expect(allows('anonymous', 'key', 'read', 'k')).toBe(true);
  });

  it('an unknown one, or a part of one, is nothing', async () => {
    const secret = await secretOf({});
    expect(inDatacenter(secret.slice(0, -1), 'dc1')).toBeUndefined();
    expect(inDatacenter('nope', 'dc1')).toBeUndefined();
    expect(inDatacenter(secret, 'dc1')).toMatchObject({ isManagement: false, rules: [] });
  });
});
