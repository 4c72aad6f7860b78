import { callRoute } from '@mesh/testkit';
import { type AgentRig, createRig } from '../testing/agent-rig.ts';

let rig: AgentRig;
beforeEach(async () => {
  rig = createRig();
  await rig.start();
});
afterEach(() => rig.stop());

const put = (path: string, body: unknown = '') =>
  callRoute(rig.agent.routes, 'PUT', `/v1/agent/${path}`, body);
const health = (path: string) =>
  callRoute(rig.agent.routes, 'GET', `/v1/agent/health/service/${path}`);

test('the status is that of the worst check, of the instance or of its node', async () => {
  await put('service/register', { ID: 'w1', Name: 'web', Check: { TTL: '1h', Status: 'passing' } });
  expect(await health('id/w1')).toMatchObject({
    status: 200,
    value: { AggregatedStatus: 'passing' },
  });
  await put('check/warn/service:w1');
  expect(await health('id/w1')).toMatchObject({ status: 429 });
  await put('check/register', { Name: 'disk', TTL: '1h' });
  expect(await health('id/w1')).toMatchObject({
    status: 503,
    headers: { 'X-Consul-Reason': 'critical' },
  });
  await put('maintenance?enable=true');
  expect(await health('id/w1')).toMatchObject({ value: { AggregatedStatus: 'maintenance' } });
});

test('by name all instances count; as text the status alone', async () => {
  await put('service/register', { ID: 'w1', Name: 'web' });
  await put('service/register', { ID: 'w2', Name: 'web', Check: { TTL: '1h', Status: 'warning' } });
  const reply = await health('name/web');
  expect(reply).toMatchObject({
    status: 429,
    value: [{ AggregatedStatus: 'passing' }, { AggregatedStatus: 'warning' }],
  });
  const text = await health('name/web?format=text');
  expect(text).toMatchObject({ status: 429, contentType: 'text/plain' });
  expect(text.kind === 'bytes' && new TextDecoder().decode(text.bytes)).toBe('warning');
});

test('an id that no header can carry does not break the answer', async () => {
  const reply = await health(`id/${encodeURIComponent('a\r\nSet-Cookie: x=ü')}`);
  expect(reply.headers).toEqual({ 'X-Consul-Reason': 'ServiceId a??Set-Cookie: x=? not found' });
});
