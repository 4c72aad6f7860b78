import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MeshError } from '@mesh/base';
import fc from 'fast-check';
import { decodeCheckDefinition, decodeServiceDefinition } from './decode-definitions.ts';
import type { CheckDefinition, ServiceDefinition } from './definitions.ts';
import { validateCheckDefinition, validateServiceDefinition } from './validate-definitions.ts';

const API = { source: 'api' } as const;
const FILE = { source: 'file' } as const;

interface Recorded {
  readonly name: string;
  readonly kind: 'service' | 'check';
  readonly body: unknown;
  readonly accepted: boolean;
  readonly message: string;
}

const recorded: readonly Recorded[] = JSON.parse(
  readFileSync(join(__dirname, '../testdata/definition-requests.json'), 'utf8'),
);

function service(value: unknown): ServiceDefinition {
  return decodeServiceDefinition(value, '', API);
}

function check(value: unknown): CheckDefinition {
  return decodeCheckDefinition(value, '', API);
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(MeshError);
    expect((thrown as MeshError).code).toBe('invalid-argument');
    return (thrown as MeshError).message;
  }
  throw new Error('was accepted');
}

describe('recorded registrations', () => {
  const run = ({ kind, body }: Recorded): void => {
    if (kind === 'service') validateServiceDefinition(service(body));
    else validateCheckDefinition(check(body));
  };

  test.each(recorded.filter((one) => one.accepted).map((one) => [one.name, one] as const))(
    '%s is accepted',
    (_name, one) => run(one),
  );

  test.each(recorded.filter((one) => !one.accepted).map((one) => [one.name, one] as const))(
    '%s is refused',
    (_name, one) => {
      const message = refusal(() => run(one));
      const core = one.message.replace(/^1 error occurred:\s*\* /, '').trim();
      // Go's own decoding errors are replaced by better ones.
      if (!/^Request decode failed|check status|^Status for checks/.test(core)) {
        expect(message).toContain(core);
      }
    },
  );
});

describe('checks', () => {
  test('both spellings and the other names over the API', () => {
    const joined = check({
      CheckID: 'i',
      ScriptArgs: ['a'],
      ServiceID: 's',
      DeregisterCriticalServiceAfter: '90m',
      DockerContainerID: 'd',
      GRPC: 'h:1',
      GRPCUseTLS: true,
      TLSSkipVerify: true,
      AliasService: 'x',
      AliasNode: 'y',
      TTL: '1s',
      Header: { A: ['b', 'c'] },
      SuccessBeforePassing: 2,
      FailuresBeforeCritical: 3,
      OutputMaxSize: 9,
    });
    const snake = check({
      id: 'i',
      script_args: ['a'],
      service_id: 's',
      deregister_critical_service_after: '90m',
      docker_container_id: 'd',
      grpc: 'h:1',
      grpc_use_tls: true,
      tls_skip_verify: true,
      alias_service: 'x',
      alias_node: 'y',
      ttl: '1s',
      header: { A: ['b', 'c'] },
      success_before_passing: 2,
      failures_before_critical: 3,
      output_max_size: 9,
    });
    expect(joined).toEqual(snake);
    expect(joined).toMatchObject({
      id: 'i',
      args: ['a'],
      deregisterCriticalServiceAfterMs: 5_400_000,
      header: { A: ['b', 'c'] },
      outputMaxBytes: 9,
    });
    expect(decodeCheckDefinition({ Args: ['a'], DockerContainerId: 'd' }, '', FILE).args).toEqual([
      'a',
    ]);
  });

  test('durations: text anywhere, nanoseconds over the API alone', () => {
    expect(check({ Interval: 10e9, Timeout: '1m30s', TTL: null })).toMatchObject({
      intervalMs: 10_000,
      timeoutMs: 90_000,
      ttlMs: 0,
    });
    expect(refusal(() => decodeCheckDefinition({ interval: 10e9 }, 'check', FILE))).toMatch(
      /^check.interval: expected a duration/,
    );
    expect(refusal(() => check({ Interval: 'soon' }))).toMatch(
      /^Interval: invalid duration "soon"/,
    );
  });

  test('refusals say where and what', () => {
    expect(refusal(() => check({ Script: 'x' }))).toBe(
      'Script: script checks take "args", a list of the program and its arguments',
    );
    expect(refusal(() => check({ Nope: 1 }))).toBe('unknown field "Nope"');
    expect(refusal(() => check({ Status: 'great' }))).toMatch(/^Status: expected "passing"/);
    expect(refusal(() => check({ Header: { A: 'b' } }))).toMatch(/^Header.A: expected a list/);
    expect(refusal(() => check({ Args: 'ls -l' }))).toMatch(/^Args: expected a list/);
    expect(refusal(() => decodeCheckDefinition([], 'check', FILE))).toMatch(/^check: expected an/);
    expect(refusal(() => decodeCheckDefinition({ nope: 1 }, 'check', FILE))).toBe(
      'invalid config key check.nope',
    );
  });

  test.each<[Record<string, unknown>, string | undefined]>([
    [{ HTTP: 'http://x', Interval: '1s' }, undefined],
    [{ TCP: 'x:1', Interval: '1s' }, undefined],
    [{ GRPC: 'x:1', Interval: '1s' }, undefined],
    [{ TTL: '1s' }, undefined],
    [{ AliasNode: 'n' }, undefined],
    [{ HTTP: 'http://x' }, 'Interval must be > 0 for Script, HTTP, or TCP checks'],
    [{ HTTP: 'http://x', Interval: '-1s' }, 'Interval must be > 0 for Script, HTTP, or TCP checks'],
    [{ Args: ['x'] }, 'Interval must be > 0 for Script, HTTP, or TCP checks'],
    [{ AliasNode: 'n', TTL: '1s' }, 'TTL must not be set for Alias checks'],
    [{ AliasNode: 'n', TCP: 'x:1', Interval: '1s' }, 'Interval cannot be set for Alias checks'],
    [{ TTL: '1s', Interval: '1s' }, 'Interval and TTL cannot both be specified'],
    [{ Interval: '1s' }, 'TTL must be > 0 for TTL checks'],
    [{ TTL: '1s', OutputMaxSize: -1 }, 'OutputMaxSize must be positive'],
    [{ TTL: '1s', FailuresBeforeCritical: -1 }, 'must not be negative'],
  ])('meaning of %j', (fields, message) => {
    const definition = check({ Name: 'c', ...fields });
    if (message === undefined) validateCheckDefinition(definition);
    else expect(refusal(() => validateCheckDefinition(definition))).toContain(message);
    // Inside a service the name is optional.
    const nameless = { ...definition, name: '' };
    expect(refusal(() => validateCheckDefinition(nameless))).toBe('Missing check name');
    if (message === undefined) validateCheckDefinition(nameless, { alone: false });
  });
});

describe('services', () => {
  test('the whole', () => {
    const definition = service({
      ID: 'w1',
      Name: 'web',
      Tags: ['a'],
      Port: 80,
      Address: '10.0.0.1',
      Meta: { v: '1' },
      TaggedAddresses: { lan: { Address: '1.2.3.4', Port: 5 } },
      EnableTagOverride: true,
      Weights: { Passing: 10, Warning: 2 },
      Token: 't',
      Check: { TTL: '1s' },
      Checks: [{ TTL: '2s' }, { TTL: '3s' }],
      Connect: { Native: true },
    });
    expect(definition).toMatchObject({
      kind: '',
      id: 'w1',
      name: 'web',
      taggedAddresses: { lan: { Address: '1.2.3.4', Port: 5 } },
      weights: { Passing: 10, Warning: 2 },
      connect: { Native: true },
      proxy: undefined,
    });
    expect(definition.checks.map((one) => one.ttlMs)).toEqual([1000, 2000, 3000]);
    expect(service({ Name: 'web' })).toMatchObject({ id: 'web', weights: undefined });
  });

  test('files take snake_case alone, and lists of one object as HCL gives them', () => {
    const definition = decodeServiceDefinition(
      [
        {
          Name: 'web',
          enable_tag_override: true,
          tagged_addresses: [{ lan: [{ address: '1.2.3.4', port: 5 }] }],
          weights: [{ passing: 3 }],
          meta: [{ a: 'b' }],
          check: [{ ttl: '1s' }],
          checks: { ttl: '2s' },
          connect: [
            {
              sidecar_service: [
                { proxy: [{ upstreams: [{ destination_name: 'db', local_bind_port: 1 }] }] },
              ],
            },
          ],
        },
      ],
      'service',
      FILE,
    );
    expect(definition).toMatchObject({
      enableTagOverride: true,
      weights: { Passing: 3, Warning: 1 },
      meta: { a: 'b' },
    });
    expect(definition.checks).toHaveLength(2);
    expect(definition.connect?.['SidecarService']).toMatchObject({
      id: '',
      name: '',
      proxy: {
        Upstreams: [{ DestinationType: 'service', DestinationName: 'db', LocalBindPort: 1 }],
        MeshGateway: {},
        Expose: {},
      },
    });
    expect(
      refusal(() => decodeServiceDefinition({ name: 'x', enableTagOverride: true }, 's', FILE)),
    ).toBe('invalid config key s.enableTagOverride');
    expect(service({ name: 'x', enableTagOverride: true }).enableTagOverride).toBe(true);
  });

  test('a proxy by the names of the API, unset fields left out', () => {
    expect(
      service({
        Name: 'p',
        Kind: 'connect-proxy',
        Proxy: {
          destination_service_name: 'web',
          Config: { handshake_timeout_ms: 1 },
          expose: {
            checks: true,
            paths: [{ path: '/h', local_path_port: 1, listener_port: 2, protocol: 'http' }],
          },
          mesh_gateway: { mode: 'local' },
        },
      }).proxy,
    ).toEqual({
      DestinationServiceName: 'web',
      Config: { handshake_timeout_ms: 1 },
      MeshGateway: { Mode: 'local' },
      Expose: {
        Checks: true,
        Paths: [{ Path: '/h', LocalPathPort: 1, ListenerPort: 2, Protocol: 'http' }],
      },
    });
  });

  test.each<[Record<string, unknown>, string]>([
    [{ Address: '::' }, 'Invalid service address'],
    [{ TaggedAddresses: { lan: { Address: '0.0.0.0' } } }, 'Invalid address for tagged_addresses'],
    [{ Port: 70_000 }, 'Port must be between 0 and 65535, got 70000'],
    [{ Weights: { Passing: 0 } }, 'Passing must be greater than 0'],
    [{ Weights: { Passing: 1, Warning: -1 } }, 'Warning must be greater or equal than 0'],
    [{ Weights: { Passing: 65_536 } }, 'at most 65535'],
    [{ Meta: { '': 'x' } }, 'Key cannot be blank'],
    [{ Meta: { 'consul-x': 'x' } }, "Key prefix 'consul-' is reserved"],
    [{ Meta: { ['k'.repeat(129)]: 'x' } }, 'Key is too long (limit: 128 characters)'],
    [{ Meta: { k: 'v'.repeat(513) } }, 'Value is too long (limit: 512 characters)'],
    [
      { Meta: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`k${at}`, ''])) },
      'more than 64 key/value pairs, got 65',
    ],
    [{ Check: { TTL: '1s', Interval: '1s' } }, 'Interval and TTL cannot both'],
    [{ Kind: 'connect-proxy', Port: 1 }, 'DestinationServiceName must be non-empty'],
    [
      { Kind: 'connect-proxy', Proxy: { DestinationServiceName: 'a' } },
      'Port must be set for a Connect proxy',
    ],
    [
      { Kind: 'connect-proxy', Port: 1, Proxy: { DestinationServiceName: '*' } },
      'must not be a wildcard',
    ],
    [
      {
        Kind: 'connect-proxy',
        Port: 1,
        Proxy: { DestinationServiceName: 'a', Upstreams: [{ DestinationName: 'b' }] },
      },
      'local bind port cannot be zero',
    ],
    [
      {
        Kind: 'connect-proxy',
        Port: 1,
        Proxy: {
          DestinationServiceName: 'a',
          Upstreams: [{ DestinationName: 'b', DestinationType: 'x' }],
        },
      },
      'unknown upstream destination type',
    ],
    [{ Connect: { SidecarService: { Checks: [{}] } } }, 'TTL must be > 0'],
  ])('meaning of %j', (fields, message) => {
    expect(refusal(() => validateServiceDefinition(service({ Name: 's', ...fields })))).toContain(
      message,
    );
  });

  test('wrong types and unknown keys at any depth', () => {
    for (const [value, message] of [
      [{ Tags: 'a' }, 'Tags: expected a list'],
      [{ Tags: [1] }, 'Tags[0]: expected a text'],
      [{ Port: '80' }, 'Port: expected a whole number, got "80"'],
      [{ Port: 1.5 }, 'Port: expected a whole number'],
      [{ Meta: { a: 1 } }, 'Meta.a: expected a text'],
      [{ Checks: {} }, 'Checks: expected a list of objects'],
      [{ Checks: [{ Nope: 1 }] }, 'unknown field "Checks[0].Nope"'],
      [
        { Connect: { SidecarService: { Connect: {} } } },
        'unknown field "Connect.SidecarService.Connect"',
      ],
      [{ Proxy: { Upstreams: [{ Nope: 1 }] } }, 'unknown field "Proxy.Upstreams[0].Nope"'],
      [{ constructor: 1 }, 'unknown field "constructor"'],
      [JSON.parse('{"__proto__":1}'), 'unknown field "__proto__"'],
    ] as const) {
      expect(refusal(() => service(value))).toContain(message);
    }
    expect(service(JSON.parse('{"Meta":{"__proto__":"x"}}')).meta).toEqual(
      JSON.parse('{"__proto__":"x"}'),
    );
  });
});

test('fuzz: any JSON value is decoded or refused', () => {
  const names = [
    'Name',
    'Check',
    'checks',
    'TTL',
    'Interval',
    'Header',
    'Args',
    'Proxy',
    'Connect',
    'SidecarService',
    'Upstreams',
    'Config',
    'Meta',
    'Weights',
    'Passing',
    'Tags',
    'TaggedAddresses',
    'Port',
    'expose',
    'Paths',
  ];
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.oneof(
        fc.string(),
        fc.constant('10s'),
        fc.integer(),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(value, fc.constantFrom(API, FILE), (input, options) => {
      for (const [decode, validate] of [
        [decodeServiceDefinition, validateServiceDefinition],
        [decodeCheckDefinition, validateCheckDefinition],
      ] as const) {
        try {
          validate(decode(input, '', options) as never);
        } catch (thrown) {
          if (!(thrown instanceof MeshError)) throw thrown;
        }
      }
    }),
    { numRuns: 3000 },
  );
});
