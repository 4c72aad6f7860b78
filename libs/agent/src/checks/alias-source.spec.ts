import { callRoute } from '@mesh/testkit';
import { type AgentRig, createRig } from '../testing/agent-rig.ts';

let rig: AgentRig;
beforeEach(async () => {
  rig = createRig();
  await rig.start();
});
afterEach(() => rig.stop());

const put = async (path: string, body: unknown = '') => {
  await callRoute(rig.agent.routes, 'PUT', `/v1/agent/${path}`, body);
  await rig.settle();
};
async function check(id: string): Promise<string> {
  await rig.settle();
  const reply = await callRoute(rig.agent.routes, 'GET', '/v1/agent/checks');
  const { Status, Output } = (reply as { value: Record<string, Record<string, string>> }).value[
    id
  ]!;
  return `${Status}: ${Output}`;
}

test('an alias follows the worst check of its service and of the node', async () => {
  await put('service/register', {
    Name: 'web',
    Check: { Name: 'w', TTL: '1h', Status: 'passing' },
  });
  await put('check/register', { ID: 'al', Name: 'al', AliasService: 'web' });
  expect(await check('al')).toBe('passing: All checks passing.');
  await put('check/warn/service:web?note=slow');
  expect(await check('al')).toBe('warning: Aliased check "w" failing: slow');
  await put('check/register', { Name: 'memory', TTL: '1h' });
  expect(await check('al')).toBe('critical: Aliased check "memory" failing: ');
  await put('check/pass/memory');
  await put('check/pass/service:web');
  expect(await check('al')).toBe('passing: All checks passing.');
  await put('service/deregister/web');
  expect(await check('al')).toMatch(/^critical: Service web could not be found/);
});

test('two aliases of each other do not keep one another critical', async () => {
  await put('service/register', { Name: 'a' });
  await put('service/register', { Name: 'b' });
  await put('check/register', { ID: 'of-b', Name: 'x', ServiceID: 'a', AliasService: 'b' });
  await put('check/register', { ID: 'of-a', Name: 'y', ServiceID: 'b', AliasService: 'a' });
  expect(await check('of-a')).toMatch(/^passing/);
  expect(await check('of-b')).toMatch(/^passing/);
});
