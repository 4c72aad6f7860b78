import { openAgentApi } from './api-flags.ts';
import { type EndpointSettings, resolveEndpoint } from './endpoint.ts';

const NONE: EndpointSettings = {
  address: '',
  token: '',
  tokenFile: '',
  auth: '',
  ssl: false,
  sslVerify: true,
  caFile: '',
  caPath: '',
  clientCert: '',
  clientKey: '',
  tlsServerName: '',
};

const noFile = () => {
  throw new Error('open x: no such file or directory');
};

describe('resolveEndpoint', () => {
  it.each([
    ['', 'http://127.0.0.1:8500', '127.0.0.1', 8500],
    ['10.0.0.1:1', 'http://10.0.0.1:1', '10.0.0.1', 1],
    ['localhost', 'http://localhost', 'localhost', 80],
    ['http://agent:8500/', 'http://agent:8500', 'agent', 8500],
    ['https://agent', 'https://agent', 'agent', 443],
    ['[::1]:8500', 'http://[::1]:8500', '::1', 8500],
    [':8500', 'http://:8500', '127.0.0.1', 8500],
  ])('%j is %s', (address, baseUrl, host, port) => {
    const endpoint = resolveEndpoint({ ...NONE, address }, noFile);
    expect(endpoint).toMatchObject({ baseUrl, host, port });
    expect(endpoint.tls !== undefined).toBe(baseUrl.startsWith('https'));
  });

  it('takes the path of a socket', () => {
    const settings = { ...NONE, address: 'unix:///run/consul.sock', ssl: true };
    const endpoint = resolveEndpoint(settings, noFile);
    expect(endpoint.socketPath).toBe('/run/consul.sock');
    expect(endpoint.tls).toBeUndefined();
  });

  it('a wish for TLS stands, whatever the address says', () => {
    const settings = { ...NONE, address: 'http://agent:8501', ssl: true, sslVerify: false };
    const endpoint = resolveEndpoint(settings, noFile);
    expect(endpoint).toMatchObject({ baseUrl: 'https://agent:8501', tls: { verify: false } });
  });

  it.each([
    ['ftp://agent', 'Unknown protocol scheme: ftp'],
    ['agent:port', 'invalid address "agent:port"'],
    ['agent:99999', 'invalid address "agent:99999"'],
    ['http://agent:1/path', 'invalid address'],
  ])('%j is refused', (address, message) => {
    expect(() => resolveEndpoint({ ...NONE, address }, noFile)).toThrow(message);
  });

  it('sends token and authorization', () => {
    const headersOf = (
      settings: Partial<EndpointSettings>,
      read = noFile as (p: string) => string,
    ) => resolveEndpoint({ ...NONE, ...settings }, read).headers;
    expect(headersOf({ token: 't' })).toEqual({ 'X-Consul-Token': 't' });
    expect(headersOf({ token: 't', tokenFile: 'f' }, () => ' from file\n')['X-Consul-Token']).toBe(
      'from file',
    );
    expect(headersOf({ token: 't', tokenFile: 'f' }, () => '\n')['X-Consul-Token']).toBe('t');
    expect(headersOf({ auth: 'u:p:q' })).toEqual({ Authorization: 'Basic dTpwOnE=' });
    expect(headersOf({ auth: 'u' })).toEqual({ Authorization: 'Basic dTo=' });
    expect(() => headersOf({ token: 'a\r\nX-Other: b' })).toThrow('invalid token');
    expect(() => headersOf({ tokenFile: 'x' })).toThrow(
      'Error loading token file x : open x: no such',
    );
  });
});

describe('variables of the environment', () => {
  const FLAGS = {
    'ca-file': '',
    'ca-path': '',
    'client-cert': '',
    'client-key': '',
    'http-addr': '',
    'tls-server-name': '',
    token: '',
    'token-file': '',
  };

  it('a flag wins over its variable', async () => {
    const env = { CONSUL_HTTP_ADDR: '127.0.0.1:1' };
    const fromEnv = openAgentApi(FLAGS, env, noFile).get('/v1/x');
    await expect(fromEnv).rejects.toThrow(
      'Get "http://127.0.0.1:1/v1/x": dial tcp 127.0.0.1:1: connect',
    );
    const flags = { ...FLAGS, 'http-addr': '127.0.0.1:2' };
    await expect(openAgentApi(flags, env, noFile).get('/v1/x')).rejects.toThrow('127.0.0.1:2');
  });

  it('refuses what is neither true nor false', () => {
    const open = (env: Record<string, string>) => () => openAgentApi(FLAGS, env, noFile);
    expect(open({ CONSUL_HTTP_SSL: 'yes' })).toThrow(
      'CONSUL_HTTP_SSL="yes": accepted are true and false',
    );
    expect(open({ CONSUL_HTTP_SSL_VERIFY: 'no' })).toThrow('CONSUL_HTTP_SSL_VERIFY');
    expect(open({ CONSUL_HTTP_SSL: 'FALSE', CONSUL_HTTP_SSL_VERIFY: '0' })).not.toThrow();
  });
});
