import { addressOf } from './instance-address.ts';
import { proxyInfo } from './proxy-info.ts';

test('a sidecar with upstreams and exposed paths', () => {
  const registered = {
    DestinationServiceName: 'web',
    DestinationServiceID: 'web-1',
    LocalServicePort: 8181,
    Upstreams: [
      { DestinationName: 'socat', LocalBindPort: 9191 },
      {
        DestinationName: 'db',
        DestinationType: 'prepared_query',
        Datacenter: 'dc2',
        LocalBindAddress: '10.0.0.1',
        LocalBindPort: 1,
      },
    ],
    Expose: { Checks: true, Paths: [{ Path: '/h', ListenerPort: 1, LocalPathPort: 2 }] },
  };
  expect(proxyInfo({ Proxy: registered })).toEqual({
    destination: 'web',
    destinationId: 'web-1',
    local: '127.0.0.1:8181',
    upstreams: [
      { name: 'socat', type: 'service', datacenter: '', bind: '127.0.0.1:9191' },
      { name: 'db', type: 'prepared_query', datacenter: 'dc2', bind: '10.0.0.1:1' },
    ],
    exposesChecks: true,
    exposedPaths: [{ path: '/h', listenerPort: 1, localPort: 2, protocol: 'http' }],
  });
});

test('nothing, and what makes no sense', () => {
  const empty = {
    destination: '',
    destinationId: '',
    local: '',
    upstreams: [],
    exposesChecks: false,
    exposedPaths: [],
  };
  expect(proxyInfo({ Proxy: {} })).toEqual(empty);
  expect(proxyInfo({ Proxy: { Upstreams: 'x', Expose: null, DestinationServiceName: 7 } })).toEqual(
    empty,
  );
});

test.each([
  [{ Address: '', Port: 80 }, '10.0.0.1:80'],
  [{ Address: '10.1.1.1', Port: 0 }, '10.1.1.1'],
  [{ Address: '::1', Port: 80 }, '[::1]:80'],
  [{ Address: 'a.example', Port: 80 }, 'a.example:80'],
])('address of %j', (service, expected) => {
  expect(addressOf(service, { Address: '10.0.0.1' })).toBe(expected);
});
