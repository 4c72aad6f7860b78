import { PLAIN_WRITE } from '@mesh/resource';
import { AclWorld } from './testing/acl-world.ts';
import { tokensReap } from './tokens.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const ANONYMOUS = '00000000-0000-0000-0000-000000000002';
const UNKNOWN = '99999999-0000-0000-0000-000000000000';

interface Shown {
  readonly AccessorID: string;
  readonly SecretID: string;
  readonly ExpirationTime?: string;
  readonly [field: string]: unknown;
}

describe('tokens', () => {
  let world: AclWorld;
  let boot: string;
  const make = (body: object) => world.json<Shown>('PUT', '/v1/acl/token', boot, body);
  const read = (accessor: string, token = boot) =>
    world.json<Shown>('GET', `/v1/acl/token/${accessor}`, token);
  const list = (query = '') => world.json<Shown[]>('GET', `/v1/acl/tokens${query}`, boot);

  beforeEach(async () => {
    world = new AclWorld();
    await world.seed();
    boot = await world.bootstrap();
  });

  const withRules = async (Name: string, Rules: string) => {
    await world.json('PUT', '/v1/acl/policy', boot, { Name, Rules });
    return make({ Policies: [{ Name }] });
  };

  describe('that expire', () => {
    test.each([['2h'], ['1h60m'], [7_200_000_000_000]])('after %j', async (ExpirationTTL) => {
      const { AccessorID, SecretID, ExpirationTime } = await make({ ExpirationTTL });
      expect(Date.parse(ExpirationTime!)).toBe(world.rpc.nowMs + 2 * HOUR_MS);
      world.rpc.nowMs += 2 * HOUR_MS - 1;
      expect((await read(AccessorID)).SecretID).toBe(SecretID);
      world.rpc.nowMs += 1;
      expect(() => world.authorizerOf(SecretID)).toThrow('ACL not found');
      await expect(read(AccessorID)).rejects.toThrow('ACL not found');
      const gone = { Description: 'x' };
      await expect(world.json('PUT', `/v1/acl/token/${AccessorID}`, boot, gone)).rejects.toThrow(
        'Cannot find token',
      );
      expect((await list()).map((row) => row.AccessorID)).not.toContain(AccessorID);
    });

    it('are deleted by the leader, some at a time', async () => {
      for (let made = 0; made < 3; made++) await make({ ExpirationTTL: '1m' });
      const lasting = await make({});
      world.rpc.nowMs += MINUTE_MS;
      const reap = (limit: number) => world.rpc.write(tokensReap, { limit }, PLAIN_WRITE);
      const before = world.rpc.applied.length;
      await reap(2);
      await reap(2);
      await reap(2);
      expect(world.rpc.applied.slice(before)).toHaveLength(2);
      expect((await read(lasting.AccessorID)).SecretID).toBe(lasting.SecretID);
    });

    test.each([
      [{ ExpirationTTL: '59s' }, 'ExpirationTime cannot be less than 1m0s in the future (was 59s)'],
      [{ ExpirationTTL: '24h1s' }, 'cannot be more than 24h0m0s in the future'],
      [{ ExpirationTTL: 'soon' }, 'ExpirationTTL "soon" is no duration'],
      [{ ExpirationTTL: true }, 'ExpirationTTL: expected a text'],
      [{ ExpirationTime: 'x' }, 'ExpirationTime "x" is no time'],
      [{ ExpirationTime: '2020-01-01T00:00:00Z' }, 'cannot be less than 1m0s'],
      [{ ExpirationTime: '2030-01-01T00:00:00Z', ExpirationTTL: '1h' }, 'cannot both be set'],
    ])('not with %j', async (body, why) => {
      await expect(make(body)).rejects.toThrow(why);
    });
  });

  describe('when they change', () => {
    it('take what they are given, and keep who they are', async () => {
      await world.json('PUT', '/v1/acl/role', boot, { Name: 'ops' });
      const made = await make({ Description: 'a', Roles: [{ Name: 'ops' }], ExpirationTTL: '1h' });
      const body = { Description: 'b', ExpirationTime: made.ExpirationTime };
      const path = `/v1/acl/token/${made.AccessorID}`;
      const changed = await world.json<Shown>('PUT', path, boot, body);
      const { Roles, ModifyIndex, Hash, ...kept } = made;
      expect(changed).toEqual({
        ...{ ...kept, Description: 'b' },
        ModifyIndex: expect.any(Number),
        Hash: expect.any(String),
      });
      expect(changed['Hash']).not.toBe(Hash);
      expect(await read(made.AccessorID)).toEqual(changed);
    });

    test.each([
      [{ SecretID: UNKNOWN }, 'Changing a tokens SecretID is not permitted'],
      [{ Local: true }, 'cannot toggle local mode'],
      [{ AuthMethod: 'ci' }, 'Cannot change AuthMethod'],
      [{ ExpirationTTL: '1h' }, 'Cannot change expiration time'],
      [{ ExpirationTime: '2030-01-01T00:00:00Z' }, 'Cannot change expiration time'],
      [{ ExpirationTime: 'never' }, 'Cannot change expiration time'],
      [{ AccessorID: UNKNOWN }, 'Token Accessor ID in URL and payload do not match'],
      [{ Rules: 'acl = "read"' }, 'use Policies'],
      [{ Bogus: 1 }, 'Token decoding failed: unknown field Bogus'],
    ])('refuse %j', async (body, why) => {
      const { AccessorID } = await make({});
      const changed = world.json('PUT', `/v1/acl/token/${AccessorID}`, boot, body);
      await expect(changed).rejects.toThrow(why);
    });
  });

  test.each([
    [{ AccessorID: 'nope' }, 'AccessorID "nope" is no UUID'],
    [{ SecretID: 'nope' }, 'SecretID "nope" is no UUID'],
    [{ AccessorID: ANONYMOUS }, 'is reserved'],
    [{ SecretID: '00000000-0000-0000-0000-000000000009' }, 'is reserved'],
    [{ AuthMethod: 'ci' }, 'AuthMethod is set by a login alone'],
    [{ Policies: [{ ID: UNKNOWN }] }, `No such ACL policy with ID "${UNKNOWN}"`],
    [{ Roles: [{ ID: 'x' }] }, 'ACL role ID "x" is no UUID'],
    [{ ServiceIdentities: [{}] }, 'missing the service name'],
    [{ NodeIdentities: [{ NodeName: 'n' }] }, 'missing the datacenter'],
    [{ NodeIdentities: [{ Datacenter: 'dc1' }] }, 'missing the node name'],
  ])('are not made of %j', async (body, why) => {
    await expect(make(body)).rejects.toThrow(why);
  });

  it('have secrets of their own', async () => {
    const { SecretID } = await make({});
    await expect(make({ SecretID })).rejects.toThrow('SecretID is already in use');
  });

  describe('for who may read them, not write', () => {
    it('have no secrets', async () => {
      const reader = await withRules('reader', 'acl = "read"');
      const management = await make({ Policies: [{ Name: 'global-management' }] });
      const shown = await read(management.AccessorID, reader.SecretID);
      expect(shown).toEqual({ ...management, SecretID: '<hidden>' });
      expect(await read(management.AccessorID)).toEqual(management);
      const rows = await world.json<Shown[]>('GET', '/v1/acl/tokens', reader.SecretID);
      expect(rows.filter((row) => 'SecretID' in row)).toEqual([]);
    });

    it('cannot be changed', async () => {
      const reader = await withRules('reader', 'acl = "read"');
      const bare = await make({});
      const as = (token: string, method: string, path: string, body?: object) =>
        world.ask(method, path, token, body);
      for (const [method, path] of [
        ['PUT', '/v1/acl/token'],
        ['PUT', `/v1/acl/token/${bare.AccessorID}`],
        ['PUT', `/v1/acl/token/${bare.AccessorID}/clone`],
        ['DELETE', `/v1/acl/token/${bare.AccessorID}`],
        ['PUT', '/v1/acl/policy'],
        ['PUT', '/v1/acl/role'],
        ['PUT', '/v1/acl/auth-method'],
        ['PUT', '/v1/acl/binding-rule'],
        ['PUT', '/v1/acl/create'],
        ['GET', '/v1/acl/list'],
      ] as const) {
        const body = method === 'PUT' ? {} : undefined;
        expect(await as(reader.SecretID, method, path, body)).toMatchObject({ status: 403 });
      }
      for (const path of ['tokens', 'policies', 'roles', 'auth-methods', 'binding-rules']) {
        expect(await as(reader.SecretID, 'GET', `/v1/acl/${path}`)).toMatchObject({ status: 200 });
        expect(await as(bare.SecretID, 'GET', `/v1/acl/${path}`)).toMatchObject({ status: 403 });
      }
    });
  });

  it('lose what is deleted, and show its new name', async () => {
    const policy = await world.json<{ ID: string }>('PUT', '/v1/acl/policy', boot, { Name: 'a' });
    const role = await world.json<{ ID: string }>('PUT', '/v1/acl/role', boot, { Name: 'r' });
    const { AccessorID } = await make({ Policies: [{ Name: 'a' }], Roles: [{ ID: role.ID }] });
    await world.json('PUT', `/v1/acl/policy/${policy.ID}`, boot, { Name: 'b' });
    expect(await read(AccessorID)).toMatchObject({ Policies: [{ ID: policy.ID, Name: 'b' }] });
    await world.json('DELETE', `/v1/acl/policy/${policy.ID}`, boot);
    await world.json('DELETE', `/v1/acl/role/${role.ID}`, boot);
    const left = await read(AccessorID);
    expect([left['Policies'], left['Roles']]).toEqual([undefined, undefined]);
  });

  it('clones grant the same, under another secret', async () => {
    const made = await make({
      Description: 'a',
      ServiceIdentities: [{ ServiceName: 'web' }],
      ExpirationTTL: '1h',
    });
    const clone = await world.json<Shown>('PUT', `/v1/acl/token/${made.AccessorID}/clone`, boot);
    const own = ['AccessorID', 'SecretID', 'CreateIndex', 'ModifyIndex', 'Hash'];
    const same = Object.entries(made).filter(([field]) => !own.includes(field));
    expect(clone).toMatchObject(Object.fromEntries(same));
    expect(clone.SecretID).not.toBe(made.SecretID);
  });
});
