import { ApiClient } from '../client.ts';
import { FakeFetch } from '../testing/fake-fetch.ts';
import { InstantPlatform } from '../testing/instant-platform.ts';

function operatorOf(fake: FakeFetch) {
  return new ApiClient({ fetch: fake.fetch, platform: new InstantPlatform(), WebSocket: null })
    .operator;
}

test('the raft configuration, from any server where that is good enough', async () => {
  const fake = new FakeFetch({ body: '{"Servers":[],"Index":7}' });
  const { data } = await operatorOf(fake).raftConfiguration({ consistency: 'stale' });
  expect(data).toEqual({ Servers: [], Index: 7 });
  expect(fake.path()).toBe('/v1/operator/raft/configuration?stale');
});

test('a peer is removed by id or address, and that is not repeated', async () => {
  const fake = new FakeFetch({}, {}, { status: 500 });
  const operator = operatorOf(fake);
  await operator.raftRemovePeer({ id: 'a b' });
  expect([fake.requests[0]!.method, fake.path()]).toEqual([
    'DELETE',
    '/v1/operator/raft/peer?id=a%20b',
  ]);
  await operator.raftRemovePeer({ address: '10.0.0.1:8300' });
  expect(fake.path()).toBe('/v1/operator/raft/peer?address=10.0.0.1%3A8300');
  await expect(operator.raftRemovePeer({ id: 'c' })).rejects.toMatchObject({ status: 500 });
  expect(fake.requests).toHaveLength(3);
});

test('the configuration of autopilot is replaced, on condition where asked for', async () => {
  const fake = new FakeFetch({ body: '{"ModifyIndex":4}' }, { body: 'true\n' }, { body: 'false' });
  const operator = operatorOf(fake);
  const { data } = await operator.autopilotConfiguration();
  expect(data.ModifyIndex).toBe(4);
  expect(await operator.autopilotSetConfiguration({ MinQuorum: 3 })).toBe(true);
  expect(fake.requests[1]).toMatchObject({ method: 'PUT', body: '{"MinQuorum":3}' });
  expect(fake.path()).toBe('/v1/operator/autopilot/configuration');
  expect(await operator.autopilotSetConfiguration({}, { cas: 0 })).toBe(false);
  expect(fake.path()).toBe('/v1/operator/autopilot/configuration?cas=0');
});

test('a cluster that is not well has a health, too', async () => {
  const body = '{"Healthy":false,"FailureTolerance":0,"Servers":[]}';
  const fake = new FakeFetch({ status: 429, body });
  const { data } = await operatorOf(fake).autopilotHealth();
  expect(data).toEqual({ Healthy: false, FailureTolerance: 0, Servers: [] });
  expect(fake.requests).toHaveLength(1);
});
