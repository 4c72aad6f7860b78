import type { DirectRpc } from '@mesh/testkit';
import { resolveSecret } from './resolve.ts';
import { AclWorld } from './testing/acl-world.ts';

/** Everything that there is, as a snapshot would hold it. */
function contents({ store }: DirectRpc): string {
  return JSON.stringify([...store.dump(store.view())]);
}

test('the same requests at the same time leave the same state', async () => {
  const run = async () => {
    const world = new AclWorld();
    await world.seed('e2f9a5ee-0c41-4c5c-a5b0-34a1bb9d8d8f');
    const boot = 'e2f9a5ee-0c41-4c5c-a5b0-34a1bb9d8d8f';
    const put = (path: string, body: object) => world.json('PUT', `/v1/acl/${path}`, boot, body);
    await put('policy', { Name: 'p', Rules: 'acl = "read"' });
    await put('role', { Name: 'r', Policies: [{ Name: 'p' }] });
    await put('token', { Roles: [{ Name: 'r' }], ExpirationTTL: '1h' });
    await put('auth-method', { Name: 'ci', Type: 'jwt', Config: { b: 1, a: 2 } });
    await put('binding-rule', { AuthMethod: 'ci', BindType: 'role', BindName: 'r' });
    world.identities.set('b', { values: {}, lists: {} });
    await world.json('POST', '/v1/acl/login', '', { AuthMethod: 'ci', BearerToken: 'b' });
    return contents(world.rpc);
  };
  expect(await run()).toBe(await run());
});

test('a restored state knows every secret, and no other', async () => {
  const world = new AclWorld();
  await world.seed();
  const boot = await world.bootstrap();
  const { store } = world.rpc;
  const { store: copy } = new AclWorld().rpc;
  const restore = copy.restore();
  for (const record of store.dump(store.view())) restore.add(record);
  restore.finish();
  expect(resolveSecret(copy.view(), boot, 'dc1', 0)).toMatchObject({ isManagement: true });
  expect(resolveSecret(copy.view(), 'nope', 'dc1', 0)).toBeUndefined();
});
