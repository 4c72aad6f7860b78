import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeCheckDefinition, decodeServiceDefinition } from '@mesh/api-contract';
import { MeshError } from '@mesh/base';
import { catalogDeregister, catalogNodeServices, catalogRegister } from '@mesh/catalog';
import { healthNodeChecks } from '@mesh/health';
import { PLAIN_READ, PLAIN_WRITE } from '@mesh/resource';
import { callRoute } from '@mesh/testkit';
import { type AgentRig, CHECK_TLS, createRig } from './testing/agent-rig.ts';

let rig: AgentRig;
let folder: string | undefined;
afterEach(async () => {
  await rig.stop();
  if (folder) rmSync(folder, { recursive: true });
  folder = undefined;
});

async function started(...change: Parameters<typeof createRig>): Promise<AgentRig> {
  rig = createRig(...change);
  await rig.start();
  await rig.settle();
  return rig;
}

const put = (path: string, body: unknown = '') =>
  callRoute(rig.agent.routes, 'PUT', `/v1/agent/${path}`, body);

async function catalog() {
  const node = await rig.rpc.read(catalogNodeServices, { node: 'vm', filter: '' }, PLAIN_READ);
  const checks = await rig.rpc.read(healthNodeChecks, { node: 'vm', filter: '' }, PLAIN_READ);
  return {
    node: node.value?.node,
    services: (node.value?.services ?? []).map(({ ID }) => ID),
    checks: Object.fromEntries(checks.value.map(({ CheckID, Status }) => [CheckID, Status])),
    outputs: Object.fromEntries(checks.value.map(({ CheckID, Output }) => [CheckID, Output])),
  };
}

const serviceOf = (raw: object) => decodeServiceDefinition(raw, '', { source: 'file' });
const checkOf = (raw: object) => decodeCheckDefinition(raw, '', { source: 'file' });
const infoLines = () => rig.lines.filter((line) => line.startsWith('[INFO]'));

test('the node itself is registered at start, with its addresses and metadata', async () => {
  const { config } = await started();
  const { node } = await catalog();
  expect(node).toMatchObject({
    ID: config.nodeId,
    Address: '127.0.0.1',
    TaggedAddresses: config.taggedAddresses,
    Meta: { 'consul-network-segment': '' },
  });
  expect(infoLines()).toEqual(['[INFO]  agent: Synced node info']);
});

test('a registration reaches the catalog at once, its checks with it, and goes again', async () => {
  await started();
  await put('service/register', {
    Name: 'web',
    Port: 80,
    Check: { TTL: '30s', Status: 'passing' },
  });
  await rig.settle();
  expect(await catalog()).toMatchObject({
    services: ['web'],
    checks: { 'service:web': 'passing' },
  });
  const registrations = rig.rpc.writes.filter((method) => method === 'Catalog.Register');
  expect(registrations).toHaveLength(2);
  await put('service/deregister/web');
  await rig.settle();
  expect(await catalog()).toMatchObject({ services: [], checks: {} });
  expect(infoLines().slice(1)).toEqual([
    '[INFO]  agent: Synced service: service=web',
    '[INFO]  agent: Deregistered service: service=web',
  ]);
});

test('a TTL that passes unheard makes the check critical here and in the catalog', async () => {
  await started();
  await put('check/register', { Name: 'mem', TTL: '10s' });
  await put('check/pass/mem?note=fine');
  await rig.settle();
  expect(await catalog()).toMatchObject({ checks: { mem: 'passing' }, outputs: { mem: 'fine' } });
  rig.platform.advance(10_001);
  await rig.settle();
  expect(await catalog()).toMatchObject({ checks: { mem: 'critical' } });
});

test('an output that changes alone is pushed late and once', async () => {
  const { checkSettings } = createRig().config;
  await started({
    checkSettings: { ...checkSettings, updateIntervalMs: 60_000 },
    disableCoordinates: true,
    antiEntropyIntervalMs: 3_600_000,
  });
  await put('check/register', { Name: 'mem', TTL: '1h', Status: 'passing' });
  await rig.settle();
  const before = rig.rpc.writes.length;
  for (let beat = 1; beat <= 50; beat++) {
    await put(`check/pass/mem?note=${beat}`);
    rig.platform.advance(1000);
    await rig.settle();
  }
  expect(rig.rpc.writes.length).toBe(before);
  expect((await catalog()).outputs).toEqual({ mem: '' });
  rig.platform.advance(15_000);
  await rig.settle();
  expect((await catalog()).outputs).toEqual({ mem: '50' });
  expect(rig.rpc.writes.length).toBe(before + 1);
});

test('what fails is tried again until it works', async () => {
  await started();
  rig.rpc.failure = new MeshError('no-leader', 'No cluster leader');
  await put('service/register', { Name: 'web' });
  await rig.settle();
  for (let round = 0; round < 5; round++) {
    rig.platform.advance(1000);
    await rig.settle();
  }
  const warnings = rig.lines.filter((line) => line.includes('failed to sync remote state'));
  expect(warnings.length).toBeGreaterThanOrEqual(3);
  expect(warnings[0]).toBe(
    '[WARN]  agent.anti_entropy: failed to sync remote state: error="No cluster leader"',
  );
  rig.rpc.failure = undefined;
  rig.platform.advance(30_000);
  await rig.settle();
  expect((await catalog()).services).toEqual(['web']);
});

test('the comparison puts right what others did to the catalog', async () => {
  const { config } = await started();
  await put('service/register', { Name: 'web', Port: 80 });
  await rig.settle();
  const register = (rest: object) =>
    rig.rpc.write(
      catalogRegister,
      {
        Datacenter: '',
        ID: '',
        Node: 'vm',
        Address: '127.0.0.1',
        TaggedAddresses: null,
        NodeMeta: null,
        Service: null,
        Checks: [],
        SkipNodeUpdate: true,
        ...rest,
      },
      PLAIN_WRITE,
    );
  await register({ Service: { Service: 'web', Port: 1 } });
  await register({ Service: { Service: 'stray' } });
  await register({ Service: { Service: 'consul', ID: 'consul' } });
  await register({ Checks: [{ CheckID: 'stray', Status: 'passing' }] });
  await register({ Checks: [{ CheckID: 'serfHealth', Status: 'passing' }] });
  await register({ SkipNodeUpdate: false, Address: '10.0.0.9' });
  rig.platform.advance(config.antiEntropyIntervalMs * 2);
  await rig.settle();
  const { node, services, checks } = await catalog();
  expect(services).toEqual(['consul', 'web']);
  expect(checks).toEqual({ serfHealth: 'passing' });
  expect(node).toMatchObject({ Address: '127.0.0.1', ID: config.nodeId });
  const found = await rig.rpc.read(catalogNodeServices, { node: 'vm', filter: '' }, PLAIN_READ);
  expect(found.value?.services.find(({ ID }) => ID === 'web')?.Port).toBe(80);
  const before = rig.rpc.applied.length;
  rig.platform.advance(config.antiEntropyIntervalMs * 2);
  await rig.settle();
  expect(rig.rpc.applied.length).toBe(before);
});

test('a node that was removed from the catalog comes back with all it had', async () => {
  const { config } = await started();
  await put('service/register', { Name: 'web', Check: { TTL: '1h' } });
  await rig.settle();
  const everything = { Datacenter: '', Node: 'vm', ServiceID: '', CheckID: '' };
  await rig.rpc.write(catalogDeregister, everything, PLAIN_WRITE);
  rig.platform.advance(config.antiEntropyIntervalMs * 2);
  await rig.settle();
  expect(await catalog()).toMatchObject({
    services: ['web'],
    checks: { 'service:web': 'critical' },
  });
});

test('tags set in the catalog stay where the service allows it', async () => {
  const { config } = await started();
  await put('service/register', {
    Name: 'web',
    Tags: ['ours'],
    EnableTagOverride: true,
    Check: { TTL: '1h' },
  });
  await rig.settle();
  const found = await rig.rpc.read(catalogNodeServices, { node: 'vm', filter: '' }, PLAIN_READ);
  const [web] = found.value!.services;
  const node = { Datacenter: '', ID: '', Node: 'vm', Address: '', TaggedAddresses: null };
  const request = { ...node, NodeMeta: null, Checks: [], SkipNodeUpdate: true };
  await rig.rpc.write(
    catalogRegister,
    { ...request, Service: { ...web!, Tags: ['theirs'] } },
    PLAIN_WRITE,
  );
  rig.platform.advance(config.antiEntropyIntervalMs * 2);
  await rig.settle();
  const reply = await callRoute(rig.agent.routes, 'GET', '/v1/agent/services');
  expect(reply).toMatchObject({ value: { web: { Tags: ['theirs'] } } });
  const before = rig.rpc.applied.length;
  rig.platform.advance(config.antiEntropyIntervalMs * 2);
  await rig.settle();
  expect(rig.rpc.applied.length).toBe(before);
});

test('one entry that the catalog refuses does not hold up the others', async () => {
  await started();
  await put('service/register', { Name: 'odd', Kind: 'nope', Check: { TTL: '1h' } });
  await put('service/register', { Name: 'web' });
  await rig.settle();
  expect(await catalog()).toMatchObject({ services: ['web'], checks: {} });
  expect(rig.lines.filter((line) => line.includes('refuses'))).toHaveLength(1);
  await put('service/register', { Name: 'odd', Check: { TTL: '1h' } });
  await rig.settle();
  expect((await catalog()).services).toEqual(['odd', 'web']);
});

test('services critical for too long are removed, not before the floor', async () => {
  const { checkSettings } = createRig().config;
  await started({
    checkSettings: { ...checkSettings, deregisterIntervalMinMs: 60_000, reapIntervalMs: 30_000 },
  });
  const Check = { TTL: '1h', DeregisterCriticalServiceAfter: '5s' };
  await put('service/register', { Name: 'dead', Check });
  await put('service/register', { Name: 'alive', Check: { ...Check, Status: 'passing' } });
  rig.platform.advance(59_000);
  await rig.settle();
  expect((await catalog()).services).toEqual(['alive', 'dead']);
  rig.platform.advance(31_000);
  await rig.settle();
  expect((await catalog()).services).toEqual(['alive']);
});

test('reload drops what came over the API and keeps states of checks from files', async () => {
  const check = checkOf({ id: 'mem', name: 'mem', ttl: '1h' });
  const web = serviceOf({ name: 'web', port: 80 });
  const { config } = await started({ services: [web], checks: [check] });
  await put('service/register', { Name: 'api' });
  await put('maintenance?enable=true');
  await put('check/pass/mem?note=ok');
  await rig.settle();
  expect((await catalog()).services).toEqual(['api', 'web']);
  const db = serviceOf({ name: 'db' });
  await rig.agent.reload({ ...config, services: [db], checks: [check], nodeMeta: { rack: 'r1' } });
  await rig.settle();
  const { node, services, checks, outputs } = await catalog();
  expect({ services, checks, outputs }).toEqual({
    services: ['db'],
    checks: { mem: 'passing' },
    outputs: { mem: 'ok' },
  });
  expect(node?.Meta).toEqual({ 'consul-network-segment': '', rack: 'r1' });
});

test.each([
  ['a service without a name', { services: [serviceOf({ id: 'noname' })] }, '"noname"'],
  [
    'a check of an unknown service',
    { checks: [checkOf({ name: 'c', ttl: '1h', service_id: 'nope' })] },
    'Failed to register check "c": ServiceID "nope" does not exist',
  ],
  [
    'a check ID that is used twice',
    {
      services: [
        serviceOf({
          name: 'x',
          checks: [
            { id: 'c', ttl: '1s' },
            { id: 'c', ttl: '2s' },
          ],
        }),
      ],
    },
    'used twice',
  ],
  [
    'certificates that cannot be read',
    { tls: { ...CHECK_TLS, caFile: '/nonexistent' } },
    'ca_file: cannot read /nonexistent',
  ],
])('a reload with %s changes nothing', async (_what, bad, message) => {
  const web = serviceOf({ name: 'web' });
  const { config } = await started({ services: [web], tls: CHECK_TLS });
  await put('service/register', { Name: 'api', Check: { TTL: '1h' } });
  await rig.settle();
  const next = { ...config, services: [serviceOf({ name: 'new' })], ...bad };
  const reload = rig.agent.reload(next);
  await expect(reload).rejects.toThrow(message);
  await rig.settle();
  const { services, checks } = await catalog();
  expect({ services, checks }).toEqual({
    services: ['api', 'web'],
    checks: { 'service:api': 'critical' },
  });
});

test('a reload changes what can be changed and leaves the rest as it was', async () => {
  const check = checkOf({ id: 'mem', name: 'mem', ttl: '1h' });
  const { config } = await started({ checks: [check] });
  const script = checkOf({ name: 'script', args: ['true'], interval: '1h' });
  const settings = { ...config.checkSettings, enableLocalScripts: true, discardOutput: true };
  const next = { ...config, nodeName: 'other', advertiseLan: '10.0.0.1', checkSettings: settings };
  await expect(rig.agent.reload({ ...next, checks: [script] })).rejects.toThrow('Scripts are disa');
  await rig.agent.reload(next);
  await put('check/pass/mem?note=dropped');
  await rig.settle();
  const { node, checks, outputs } = await catalog();
  expect(node).toMatchObject({ Node: 'vm', Address: '127.0.0.1' });
  expect({ checks, outputs }).toEqual({ checks: { mem: 'passing' }, outputs: { mem: '' } });
});

test('an event reaches the agent when its filters match services and tags here', async () => {
  await started({ services: [serviceOf({ name: 'web', tags: ['v1'] })] });
  const event = { Name: 'deploy', Payload: null, NodeFilter: '', Version: 1, LTime: 0 };
  for (const [ID, ServiceFilter, TagFilter] of [
    ['a', '^w', '^v\\d$'],
    ['b', 'db', ''],
    ['c', 'web', 'v2'],
  ] as const) {
    await rig.bus.fire({
      ...event,
      ID: `${ID}0000000-0000-4000-8000-000000000000`,
      ServiceFilter,
      TagFilter,
    });
  }
  expect(rig.agent.eventLog.list().map(({ ID }) => ID[0])).toEqual(['a']);
});

test.each([
  [true, 'ignoring remote exec event, remote exec disabled.'],
  [false, 'received remote exec event'],
])('calls to a job are no news for readers; disable_remote_exec = %s', async (disabled, said) => {
  await started({ disableRemoteExec: disabled });
  const event = { Name: '_rexec', Payload: null, Version: 1, LTime: 0, TagFilter: '' };
  const ID = 'a0000000-0000-4000-8000-000000000000';
  const lines = () => rig.lines.filter((line) => line.includes(said));
  await rig.bus.fire({ ...event, ID, NodeFilter: '^other$', ServiceFilter: '' });
  expect(lines()).toEqual([]);
  await rig.bus.fire({ ...event, ID, NodeFilter: '', ServiceFilter: '' });
  expect(lines()).toHaveLength(1);
  expect(rig.agent.eventLog.list()).toEqual([]);
});

test('a bad definition keeps the agent from starting', async () => {
  rig = createRig({ checks: [checkOf({ name: 'x', args: ['true'], interval: '5s' })] });
  await expect(rig.start()).rejects.toThrow('Failed to register check "x": Scripts are disabled');
});

test('with a data_dir the API outlives a restart: services, checks, TTL states, maintenance', async () => {
  folder = mkdtempSync(join(tmpdir(), 'agent-'));
  await started({ dataDir: folder });
  await put('service/register', { Name: 'web', Tags: ['a'], Check: { TTL: '1h' } });
  await put('check/register', { Name: 'mem', TTL: '1h' });
  await put('check/warn/mem?note=half');
  await put('service/register', { Name: 'gone' });
  await put('service/deregister/gone');
  await put('service/maintenance/web?enable=true&reason=disk');
  await rig.stop();
  expect(readdirSync(join(folder, 'services'))).toEqual(['2567a5ec9705eb7ac2c984033e06189d']);
  const file = join(folder, 'services', '2567a5ec9705eb7ac2c984033e06189d');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(join(folder, 'services', '0'.repeat(32)), '{"Definition":');
  await started({ dataDir: folder });
  expect(await catalog()).toEqual({
    node: expect.anything(),
    services: ['web'],
    checks: { '_service_maintenance:web': 'critical', mem: 'warning', 'service:web': 'critical' },
    outputs: { '_service_maintenance:web': '', mem: 'half', 'service:web': '' },
  });
  expect(rig.lines.some((line) => line.includes('ignoring a stored definition'))).toBe(true);
});

test('the coordinate is sent soon after the start and then every 15 to 30 seconds', async () => {
  await started();
  rig.platform.advance(1000);
  await rig.settle();
  expect(rig.coordinates.map(({ Node }) => Node)).toEqual(['vm']);
  rig.platform.advance(60_000);
  await rig.settle();
  expect(rig.coordinates.length).toBeGreaterThanOrEqual(3);
  expect(rig.coordinates.length).toBeLessThanOrEqual(5);
});
