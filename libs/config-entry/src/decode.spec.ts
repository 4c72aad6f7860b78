import { decodeEntry } from './decode.ts';
import { KINDS } from './types.ts';

const web = { Kind: 'service-defaults', Name: 'web' };
const router = (http: object, destination?: object) => ({
  ...{ Kind: 'service-router', Name: 'web' },
  Routes: [{ Match: { HTTP: http }, ...(destination ? { Destination: destination } : {}) }],
});
const resolver = (fields: object) => ({ Kind: 'service-resolver', Name: 'web', ...fields });
const splitter = (...Splits: object[]) => ({ Kind: 'service-splitter', Name: 'web', Splits });
const ingress = (...Listeners: object[]) => ({ Kind: 'ingress-gateway', Name: 'gw', Listeners });
const http = { Port: 8080, Protocol: 'http' };
const terminating = (...Services: object[]) => ({
  ...{ Kind: 'terminating-gateway', Name: 'gw', Services },
});

describe('entries off the wire', () => {
  it('names in any case and in snake_case; the API shows them in one way', () => {
    expect(
      decodeEntry({ kind: 'service-defaults', name: 'api', mesh_gateway: { mode: 'remote' } }),
    ).toEqual({
      ...{ Kind: 'service-defaults', Name: 'api', Protocol: '', MeshGateway: { Mode: 'remote' } },
      Expose: {},
    });
    expect(
      Object.keys(decodeEntry(resolver({ connect_timeout: '15s', DefaultSubset: '' }))),
    ).toEqual(['ConnectTimeout', 'Kind', 'Name']);
  });

  it('blocks of HCL, one or several', () => {
    expect(
      decodeEntry({
        ...{ Kind: 'proxy-defaults', Name: 'global' },
        Config: [{ a: 1 }, { b: [{ c: 2 }] }],
        Expose: [{ Checks: true, Paths: [{ Path: '/metrics', ListenerPort: 9102 }] }],
      }),
    ).toMatchObject({
      Config: { a: 1, b: [{ c: 2 }] },
      Expose: { Checks: true, Paths: [{ Path: '/metrics', ListenerPort: 9102 }] },
    });
  });

  it('durations as text or nanoseconds', () => {
    const timeout = (ConnectTimeout: unknown) =>
      decodeEntry(resolver({ ConnectTimeout }))['ConnectTimeout'];
    expect([timeout('90s'), timeout(5e9), timeout(0)]).toEqual(['1m30s', '5s', undefined]);
  });

  it('what clients send back as they read it', () => {
    const entry = decodeEntry({ ...web, Protocol: 'http', CreateIndex: 4, ModifyIndex: 9 });
    expect(entry).toEqual({ ...web, Protocol: 'http', MeshGateway: {}, Expose: {} });
  });

  it.each<readonly [string, unknown]>([
    ['expected an object with Kind and Name, got a list', []],
    ['Payload does not contain a kind/Kind key at the top level', { Name: 'web' }],
    [`invalid config entry kind: nope, accepted are ${KINDS.join(', ')}`, { Kind: 'nope' }],
    ['Name is required', { Kind: 'service-defaults' }],
    ['Name: at most 512 characters without NUL are accepted', { ...web, Name: 'x'.repeat(513) }],
    ['invalid config key Bogus', { ...web, Bogus: 1 }],
    ['invalid config key MeshGateway.Nope', { ...web, MeshGateway: { Nope: 1 } }],
    ['Protocol: expected a text, got 7', { ...web, Protocol: 7 }],
    [
      'MeshGateway.Mode: invalid mesh gateway mode "x", accepted are none, local, remote',
      { ...web, MeshGateway: { Mode: 'x' } },
    ],
    ['Namespace: there is no namespace "a", accepted is default', { ...web, Namespace: 'a' }],
    [
      'invalid name ("other"), only "global" is supported',
      { Kind: 'proxy-defaults', Name: 'other' },
    ],
    ['DefaultSubset "v9" is not a valid subset', resolver({ DefaultSubset: 'v9' })],
    ['Subset defined with empty name', resolver({ Subsets: { '': {} } })],
    ['Redirect is empty', resolver({ Redirect: {} })],
    [
      'Redirect.ServiceSubset defined without Redirect.Service',
      resolver({ Redirect: { ServiceSubset: 'v1' } }),
    ],
    ['Bad Failover["v9"]: not a valid subset', resolver({ Failover: { v9: { Service: 'x' } } })],
    [
      'Bad Failover["*"] one of Service, ServiceSubset, Namespace, or Datacenters is required',
      resolver({ Failover: { '*': {} } }),
    ],
    [
      'Bad Failover["*"].Datacenters: found empty datacenter',
      resolver({ Failover: { '*': { Datacenters: ['dc2', ''] } } }),
    ],
    ["Bad ConnectTimeout '-5s', must be >= 0", resolver({ ConnectTimeout: '-5s' })],
    ['no splits configured', splitter()],
    [
      'the sum of all split weights must be 100, not 99.000000',
      splitter({ Weight: 90 }, { Weight: 9, Service: 'b' }),
    ],
    ['weight must be 0 or from 0.01 to 100, not 101', splitter({ Weight: 101 })],
    [
      'split destination occurs more than once: service="web", subset=""',
      splitter({ Weight: 50 }, { Weight: 50, Service: 'web' }),
    ],
    [
      'Route[0] should only contain at most one of PathExact, PathPrefix, or PathRegex',
      router({ PathPrefix: '/a', PathExact: '/b' }),
    ],
    [`Route[0] PathPrefix doesn't start with '/': "a"`, router({ PathPrefix: 'a' })],
    ['Route[0] Header[0] missing required Name field', router({ Header: [{ Exact: '1' }] })],
    [
      'Route[0] QueryParam[0] should contain one of Present, Exact, Regex',
      router({ QueryParam: [{ Name: 'a', Present: true, Exact: 'b' }] }),
    ],
    ['Route[0] Methods contains an invalid method "get"', router({ Methods: ['get'] })],
    ['Route[0] Methods contains "GET" more than once', router({ Methods: ['GET', 'GET'] })],
    [
      'Route[0] cannot make use of PrefixRewrite without configuring either PathExact or PathPrefix',
      router({}, { PrefixRewrite: '/' }),
    ],
    ['listener port 0: accepted are 1 to 65535', ingress({ Protocol: 'tcp' })],
    [
      'port 8080 declared on two listeners',
      ingress({ ...http, Services: [{ Name: 'a' }] }, { ...http, Services: [{ Name: 'a' }] }),
    ],
    ['No service declared for listener with port 8080', ingress(http)],
    [
      "protocol must be 'tcp', 'http', 'http2', or 'grpc'. 'udp' is an unsupported protocol",
      ingress({ ...http, Protocol: 'udp', Services: [{ Name: 'a' }] }),
    ],
    [
      'Wildcard service name is only valid for protocol = "http"',
      ingress({ Port: 1, Services: [{ Name: '*' }] }),
    ],
    [
      'Host "a b" must be a valid DNS hostname',
      ingress({ ...http, Services: [{ Name: 'a', Hosts: ['a b'] }] }),
    ],
    [
      'Hosts must be unique within a specific listener: "h"',
      ingress({
        ...http,
        Services: [
          { Name: 'a', Hosts: ['h'] },
          { Name: 'b', Hosts: ['h'] },
        ],
      }),
    ],
    ['Service name cannot be blank.', terminating({ SNI: 'x' })],
    ['Service "db" was specified more than once', terminating({ Name: 'db' }, { Name: 'db' })],
    [
      'Service "db" must have a CertFile, CAFile, and KeyFile specified for TLS origination',
      terminating({ Name: 'db', CertFile: '/c' }),
    ],
  ])('refuses: %s', (message, value) => {
    expect(() => decodeEntry(value)).toThrow(message);
  });
});
