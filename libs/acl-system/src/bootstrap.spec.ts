import { MANAGE_ALL } from '@mesh/acl';
import type { BoundCall } from '@mesh/resource';
import { boundBootstrap } from './bootstrap.ts';
import { AclWorld } from './testing/acl-world.ts';

const MASTER = 'e2f9a5ee-0c41-4c5c-a5b0-34a1bb9d8d8f';

it('makes one management token, and another only with the index of the last', async () => {
  const world = new AclWorld();
  await world.seed();
  const first = await world.json<{ SecretID: string; ID: string; CreateIndex: number }>(
    'PUT',
    '/v1/acl/bootstrap',
  );
  expect(first.ID).toBe(first.SecretID);
  expect(world.authorizerOf(first.SecretID).isManagement).toBe(true);
  const { CreateIndex } = first;
  const refusal = `ACL bootstrap no longer allowed (reset index: ${CreateIndex})`;
  await expect(world.bootstrap()).rejects.toThrow(refusal);
  world.resetIndex = CreateIndex - 1;
  await expect(world.bootstrap()).rejects.toThrow(refusal);
  world.resetIndex = CreateIndex;
  const second = await world.bootstrap();
  expect(world.authorizerOf(second).isManagement).toBe(true);
  // The file may stay where it is: its index is not the last any more.
  await expect(world.bootstrap()).rejects.toThrow('ACL bootstrap no longer allowed');
});

it('is done where a management token is configured', async () => {
  const world = new AclWorld();
  await world.seed(MASTER);
  expect(world.authorizerOf(MASTER).isManagement).toBe(true);
  await expect(world.bootstrap()).rejects.toThrow('ACL bootstrap no longer allowed');
});

it('a management token that is configured later is made all the same', async () => {
  const world = new AclWorld();
  await world.seed();
  await world.bootstrap();
  await world.seed(MASTER);
  expect(world.authorizerOf(MASTER).isManagement).toBe(true);
  const { length } = world.rpc.applied;
  await world.seed(MASTER);
  expect(world.rpc.applied).toHaveLength(length);
});

it('is refused outside the primary datacenter', async () => {
  const { rpc } = new AclWorld();
  const call: BoundCall = boundBootstrap({
    isPrimary: false,
    bootstrapResetIndex: () => 0,
    view: () => rpc.store.view(),
    write: () => Promise.reject(new Error('nothing is written')),
  });
  await expect(call.run({}, MANAGE_ALL)).rejects.toThrow('in the primary datacenter');
});

it('nobody can do anything before, but for what the default policy allows', async () => {
  const world = new AclWorld();
  await world.seed();
  expect(world.authorizerOf('').allows('key', 'read', 'a')).toBe(false);
  expect(await world.ask('GET', '/v1/acl/tokens')).toMatchObject({ status: 403 });
});

it('the policy that grants everything and the anonymous token stay', async () => {
  const world = new AclWorld();
  await world.seed();
  const boot = await world.bootstrap();
  const policy = '/v1/acl/policy/00000000-0000-0000-0000-000000000001';
  const { Rules } = await world.json<{ Rules: string }>('GET', policy, boot);
  const change = (body: object) => world.json('PUT', policy, boot, body);
  await expect(change({ Name: 'all', Rules: '' })).rejects.toThrow('Changing the Rules');
  await expect(change({ Name: 'all', Rules, Datacenters: ['dc2'] })).rejects.toThrow(
    'Changing the Datacenters',
  );
  expect(await change({ Name: 'all', Rules })).toMatchObject({ Name: 'all' });
  // The leader makes what is missing, not what has another name.
  const { length } = world.rpc.applied;
  await world.seed();
  expect(world.rpc.applied).toHaveLength(length);
});
