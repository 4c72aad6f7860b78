import { configOf, hostPort } from './proxy-config.ts';

/** A registration as /v1/agent/service/ID shows it, with other settings. */
function registration(proxy: object = {}, service: object = {}): unknown {
  return {
    ...{ Kind: 'connect-proxy', ID: 'web-sidecar-proxy', Service: 'web-sidecar-proxy' },
    ...{ Address: '', Port: 21000, ContentHash: 'abc' },
    Proxy: {
      ...{ DestinationServiceName: 'web', DestinationServiceID: 'web1' },
      ...{ LocalServiceAddress: '127.0.0.1', LocalServicePort: 8080 },
      ...proxy,
    },
    ...service,
  };
}

function publicOf(config: object) {
  return configOf(registration({ Config: config })).publicListener;
}

describe('the configuration in a registration', () => {
  it('has what holds where it says nothing', () => {
    expect(configOf(registration())).toEqual({
      ...{ service: 'web', serviceId: 'web1' },
      publicListener: {
        ...{ bindAddress: '0.0.0.0', bindPort: 21000 },
        ...{ localAddress: '127.0.0.1', localPort: 8080 },
        ...{ connectTimeoutMs: 5000, handshakeTimeoutMs: 10_000, idleTimeoutMs: 0 },
        maxConnections: 16_384,
      },
      ...{ denyClosesConnections: true, drainTimeoutMs: 10_000, metricsAddress: '' },
      upstreams: [],
    });
  });

  it('takes each setting', () => {
    const Config = {
      ...{ bind_address: '10.0.0.9', bind_port: 8443, local_service_address: 'db.local:5432' },
      ...{ local_connect_timeout_ms: 1000, handshake_timeout_ms: '2000' },
      ...{ local_idle_timeout_ms: 60_000, max_connections: 10, drain_timeout_ms: 0 },
      ...{ deny_closes_connections: false, prometheus_bind_addr: '127.0.0.1:9102' },
      envoy_public_listener_json: '{}',
    };
    expect(configOf(registration({ Config }))).toMatchObject({
      publicListener: {
        ...{ bindAddress: '10.0.0.9', bindPort: 8443 },
        ...{ localAddress: 'db.local', localPort: 5432 },
        ...{ connectTimeoutMs: 1000, handshakeTimeoutMs: 2000, idleTimeoutMs: 60_000 },
        maxConnections: 10,
      },
      ...{ denyClosesConnections: false, drainTimeoutMs: 0, metricsAddress: '127.0.0.1:9102' },
    });
  });

  it('listens at the address of the registration where the settings name none', () => {
    const { publicListener } = configOf(registration({}, { Address: '10.1.1.1' }));
    expect(publicListener.bindAddress).toBe('10.1.1.1');
  });

  it('a local address without host is this machine', () => {
    expect(publicOf({ local_service_address: ':9' })).toMatchObject({
      ...{ localAddress: '127.0.0.1', localPort: 9 },
    });
  });

  it('a wait of 0 for a connection is none that could succeed: what holds otherwise is meant', () => {
    const zero = { local_connect_timeout_ms: 0, handshake_timeout_ms: 0 };
    expect(publicOf(zero)).toMatchObject({ connectTimeoutMs: 5000, handshakeTimeoutMs: 10_000 });
    const Upstreams = [{ DestinationName: 'db', Config: { connect_timeout_ms: 0 } }];
    const [upstream] = configOf(registration({ Upstreams })).upstreams;
    expect(upstream!.connectTimeoutMs).toBe(5000);
  });

  it('upstreams have settings of their own; the limit of connections comes from the proxy', () => {
    const Upstreams = [
      { DestinationType: 'service', DestinationName: 'db', LocalBindPort: 9191 },
      {
        ...{ DestinationType: 'prepared_query', DestinationName: 'near', Datacenter: 'dc2' },
        ...{ LocalBindAddress: '127.0.0.9', LocalBindPort: 9192 },
        Config: { connect_timeout_ms: 500, idle_timeout_ms: 1000, max_connections: 3 },
      },
    ];
    const { upstreams } = configOf(registration({ Upstreams, Config: { max_connections: 7 } }));
    expect(upstreams).toEqual([
      {
        ...{ type: 'service', name: 'db', datacenter: '', bindAddress: '127.0.0.1' },
        ...{ bindPort: 9191, connectTimeoutMs: 5000, idleTimeoutMs: 0, maxConnections: 7 },
      },
      {
        ...{ type: 'prepared_query', name: 'near', datacenter: 'dc2', bindAddress: '127.0.0.9' },
        ...{ bindPort: 9192, connectTimeoutMs: 500, idleTimeoutMs: 1000, maxConnections: 3 },
      },
    ]);
  });

  it('of another kind of service there is none', () => {
    const none = 'the service is no connect-proxy';
    expect(() => configOf(registration({}, { Kind: '' }))).toThrow(none);
    expect(() => configOf({ Kind: 'connect-proxy', Port: 1, Proxy: null })).toThrow(none);
  });

  it.each([
    [{ bind_address: 5 }, 'Proxy.Config.bind_address: expected a text, got 5'],
    [{ bind_port: '80' }, 'Proxy.Config.bind_port: expected a whole number, got "80"'],
    [{ bind_port: 65_536 }, 'Proxy.Config.bind_port: 65536 is not within 0 and 65535'],
    [{ bind_port: 1.5 }, 'Proxy.Config.bind_port: expected a whole number, got 1.5'],
    [{ max_connections: 0 }, 'Proxy.Config.max_connections: 0 is not within 1 and 1000000'],
    [
      { local_connect_timeout_ms: -1 },
      'local_connect_timeout_ms: -1 is not within 0 and 2147483647',
    ],
    [{ local_idle_timeout_ms: 2 ** 31 }, 'local_idle_timeout_ms: 2147483648 is not within'],
    [{ handshake_timeout_ms: '5s' }, 'handshake_timeout_ms: expected a number, got "5s"'],
    [{ handshake_timeout_ms: [1] }, 'handshake_timeout_ms: expected a number, got a list'],
    [{ deny_closes_connections: 'no' }, 'deny_closes_connections: true or false is accepted'],
    [{ local_service_address: 'db' }, 'local_service_address: "db" is no HOST:PORT'],
  ])('names what is wrong: %j', (Config, message) => {
    expect(() => configOf(registration({ Config }))).toThrow(message);
  });

  it('names the upstream whose setting is wrong', () => {
    const Upstreams = [
      { DestinationName: 'a' },
      { DestinationName: 'b', Config: { max_connections: -1 } },
    ];
    expect(() => configOf(registration({ Upstreams }))).toThrow(
      'Proxy.Upstreams[1].Config.max_connections: -1 is not within 1 and 1000000',
    );
  });
});

describe('HOST:PORT', () => {
  it.each([
    ['127.0.0.1:80', '127.0.0.1', 80],
    [':65535', '', 65_535],
    ['db.local:1', 'db.local', 1],
    ['[::1]:9102', '::1', 9102],
  ])('%s', (value, host, port) => {
    expect(hostPort('x', value)).toEqual({ host, port });
  });

  it.each([
    '',
    '80',
    'a:',
    'a:0',
    'a:65536',
    'a:99999999',
    '::1:80',
    'a:80 ',
    'a:-1',
    'a:b',
    '[::1]',
  ])('not: %j', (value) => {
    expect(() => hostPort('-listen', value)).toThrow(`-listen: "${value}" is no HOST:PORT`);
  });
});
