import { MANAGE_ALL } from '@mesh/acl';
import { MeshError } from '@mesh/base';
import fc from 'fast-check';
import { registerBody } from './decode.ts';
import { catalogRegister } from './endpoint.ts';
import { normalizeCheck, normalizeNode, normalizeService } from './normalize.ts';
import { normalizeProxy } from './proxy-shape.ts';

const node = {
  ID: '',
  Node: 'n',
  Address: '10.0.0.1',
  Datacenter: 'dc1',
  TaggedAddresses: null,
  Meta: null,
};

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof MeshError && thrown.code === 'invalid-argument') return thrown.message;
    throw thrown;
  }
  return 'accepted';
}

test('a service gets its defaults, in the order in which it is shown', () => {
  expect(JSON.stringify(normalizeService({ Service: 'web' }))).toBe(
    JSON.stringify({
      ID: 'web',
      Service: 'web',
      Tags: [],
      Address: '',
      Meta: null,
      Port: 0,
      Weights: { Passing: 1, Warning: 1 },
      EnableTagOverride: false,
      Proxy: { MeshGateway: {}, Expose: {} },
      Connect: {},
    }),
  );
});

test('optional fields stand in their places when set, maps are sorted', () => {
  const service = normalizeService({
    Kind: 'connect-proxy',
    Service: 'p',
    Meta: { b: '2', a: '1' },
    TaggedAddresses: { wan: { Address: '1.1.1.1', Port: 2 }, lan: { Address: '2.2.2.2', Port: 1 } },
    Proxy: {
      Config: { z: { b: 1, a: [2] }, y: null },
      Upstreams: [{ DestinationName: 'db', LocalBindPort: 5 }],
      DestinationServiceName: 'web',
      MeshGateway: { Mode: 'local' },
      Expose: { Paths: [{ Path: '/x', ListenerPort: 1 }] },
    },
    Connect: { Native: false, SidecarService: {} },
  });
  expect(Object.keys(service).slice(0, 7)).toEqual([
    'Kind',
    'ID',
    'Service',
    'Tags',
    'Address',
    'TaggedAddresses',
    'Meta',
  ]);
  expect(JSON.stringify(service.Meta)).toBe('{"a":"1","b":"2"}');
  expect(Object.keys(service.TaggedAddresses ?? {})).toEqual(['lan', 'wan']);
  expect(JSON.stringify(service.Proxy)).toBe(
    JSON.stringify({
      DestinationServiceName: 'web',
      Config: { y: null, z: { a: [2], b: 1 } },
      Upstreams: [
        { DestinationType: 'service', DestinationName: 'db', LocalBindPort: 5, MeshGateway: {} },
      ],
      MeshGateway: { Mode: 'local' },
      Expose: { Paths: [{ ListenerPort: 1, Path: '/x' }] },
    }),
  );
  expect(service.Connect).toEqual({});
});

test('what is stored comes out the same when it is registered again', () => {
  const proxy = { DestinationServiceName: 'web', Upstreams: [{ DestinationName: 'db' }] };
  const once = normalizeService({ Service: 'p', Kind: 'connect-proxy', Proxy: proxy });
  expect(normalizeService(once)).toEqual(once);
  const check = normalizeCheck({ Name: 'c', Definition: { Interval: 10e9, TTL: '1m' } }, 'n');
  expect(check.Definition).toEqual({ Interval: '10s', TTL: '1m0s' });
  expect(normalizeCheck(check, 'n')).toEqual(check);
});

test('durations of a definition are read in both forms, empty fields left out', () => {
  const Definition = {
    TimeoutDuration: 5e9,
    Interval: '90s',
    HTTP: 'http://x',
    Header: { A: ['b'] },
    Method: '',
    TLSSkipVerify: false,
  };
  const check = normalizeCheck({ Name: 'c', Definition }, 'n');
  expect(JSON.stringify(check.Definition)).toBe(
    '{"Interval":"1m30s","Timeout":"5s","HTTP":"http://x","Header":{"A":["b"]}}',
  );
});

test.each<[string, () => unknown, RegExp]>([
  ['no service name', () => normalizeService({ ID: 'x' }), /service name/],
  ['NUL in a name', () => normalizeService({ Service: 'a\u0000b' }), /NUL/],
  ['NUL in a node', () => normalizeNode({ ...node, Node: 'a\u0000b' }), /NUL/],
  ['bad node id', () => normalizeNode({ ...node, ID: 'zz' }), /Bad node ID.*"zz"/],
  ['any address', () => normalizeService({ Service: 'a', Address: '::0' }), /address/],
  ['port', () => normalizeService({ Service: 'a', Port: 65536 }), /Port: 65536/],
  ['kind', () => normalizeService({ Service: 'a', Kind: 'x' }), /Kind.*"x"/],
  [
    'proxy without destination',
    () => normalizeService({ Service: 'a', Kind: 'connect-proxy' }),
    /DestinationServiceName/,
  ],
  ['proxy of a wrong type', () => normalizeProxy({ Upstreams: 5 }), /Proxy.Upstreams/],
  ['check without id', () => normalizeCheck({}, 'n'), /CheckID/],
  ['check of another node', () => normalizeCheck({ Name: 'c', Node: 'x' }, 'n'), /"x".*"n"/],
  ['status', () => normalizeCheck({ Name: 'c', Status: 'fine' }, 'n'), /Status.*"fine"/],
  [
    'interval',
    () => normalizeCheck({ Name: 'c', Definition: { Interval: 'soon' } }, 'n'),
    /Interval.*"soon"/,
  ],
])('%s is refused with the place and the value', (_name, run, text) => {
  expect(messageOf(run)).toMatch(text);
});

test('a Config nested without end is refused, not followed', () => {
  const deep = JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`);
  expect(messageOf(() => normalizeProxy({ Config: deep }))).toMatch(/nested deeper/);
});

test('whatever JSON comes as a registration is accepted or refused with a message', () => {
  const key = fc.constantFrom(
    ...['Node', 'Address', 'Service', 'Check', 'Checks', 'ID', 'Tags', 'Proxy', 'Weights', 'Port'],
    ...['Definition', 'CheckID', 'NodeMeta', 'Upstreams', 'Config', 'Interval', '__proto__'],
  );
  const leaf = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
    ),
  }));
  const context = {
    authorizer: MANAGE_ALL,
    datacenter: 'dc1',
    nowMs: 0,
    view: undefined as never,
    uuid: () => '',
    touchSession() {},
  };
  fc.assert(
    fc.property(fc.dictionary(key, tree, { maxKeys: 8 }), (body) => {
      messageOf(() => catalogRegister.prepare(registerBody.decode(body, ''), context));
    }),
    { numRuns: 2000 },
  );
});
