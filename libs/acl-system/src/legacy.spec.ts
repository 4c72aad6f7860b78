import { DENY_ALL } from '@mesh/acl';
import { callRoute, DirectRpc } from '@mesh/testkit';
import { aclHttpRoutes } from './http.ts';
import { AclWorld } from './testing/acl-world.ts';

const RULES = 'key "a" { policy = "read" }';

describe('tokens of before 1.4', () => {
  let world: AclWorld;
  let boot: string;
  const put = (path: string, body?: object) =>
    world.json<{ ID: string }>('PUT', `/v1/acl/${path}`, boot, body);
  const info = (id: string) => world.json<object[]>('GET', `/v1/acl/info/${id}`);

  beforeEach(async () => {
    world = new AclWorld();
    await world.seed();
    boot = await world.bootstrap();
  });

  it('are their secret, of any form, with rules of their own: names are prefixes', async () => {
    expect(await put('create', { ID: 'my-secret', Name: 'n', Rules: RULES })).toEqual({
      ID: 'my-secret',
    });
    const authorizer = world.authorizerOf('my-secret');
    expect(authorizer.allows('key', 'read', 'abc')).toBe(true);
    expect(authorizer.allows('key', 'write', 'abc')).toBe(false);
    expect(await info('my-secret')).toMatchObject([{ ID: 'my-secret', Type: 'client', Name: 'n' }]);
  });

  it('are replaced, copied and deleted by it', async () => {
    const { ID } = await put('create', { Name: 'n', Rules: RULES });
    await put('update', { ID, Name: 'm', Rules: 'key "b" { policy = "write" }' });
    expect(world.authorizerOf(ID).allows('key', 'read', 'abc')).toBe(false);
    expect(world.authorizerOf(ID).allows('key', 'write', 'bcd')).toBe(true);
    const clone = await put(`clone/${ID}`);
    expect(await put(`destroy/${ID}`)).toBe(true);
    expect(await info(ID)).toEqual([]);
    expect(() => world.authorizerOf(ID)).toThrow('ACL not found');
    expect(await info(clone.ID)).toMatchObject([{ Name: 'm' }]);
    expect(await put(`destroy/${ID}`)).toBe(true);
  });

  it('of type management may do everything', async () => {
    const { ID } = await put('create', { Name: 'n', Type: 'management' });
    expect(world.authorizerOf(ID).isManagement).toBe(true);
  });

  it('may be brought to the syntax of today', async () => {
    const { ID } = await put('create', { ID: 'old', Rules: RULES });
    const rows = await world.json<{ AccessorID: string; Legacy?: boolean }[]>(
      'GET',
      '/v1/acl/tokens',
      boot,
    );
    const [{ AccessorID } = { AccessorID: '' }] = rows.filter((row) => row.Legacy);
    const path = `/v1/acl/rules/translate/${AccessorID}`;
    expect(await world.ask('GET', path, boot)).toMatchObject({
      status: 200,
      text: 'key_prefix "a" {\n  policy = "read"\n}',
    });
    expect(await world.ask('GET', path, ID)).toMatchObject({ status: 403 });
  });

  test.each([
    ['create', { Type: 'root' }, 'Invalid ACL Type "root", accepted are client and management'],
    ['create', { Rules: 'nope {' }, 'Failed to parse ACL rules'],
    ['create', { ID: 'anonymous' }, 'Cannot modify root ACL'],
    ['update', { Name: 'n' }, 'ACL ID must be set'],
    ['clone/none', undefined, 'does not exist'],
    ['destroy/anonymous', undefined, 'not permitted on the anonymous token'],
  ])('%s refuses %j', async (path, body, why) => {
    await expect(put(path, body)).rejects.toThrow(why);
  });
});

test('where ACLs are off every route says so', async () => {
  const routes = aclHttpRoutes({
    ...{ rpc: new DirectRpc([]), isEnabled: false, primaryDatacenter: 'dc1' },
    authorizerOf: async () => DENY_ALL,
  });
  for (const { route } of routes) {
    const path = route.path.replace(/[:*][a-z]+/g, 'x');
    expect(await callRoute(routes, route.method, path)).toEqual({
      kind: 'text',
      status: 401,
      text: 'ACL support disabled',
    });
  }
});
