import { hcl, load, refusal } from '../testing/load.ts';
import { hostPort } from './addresses.ts';

test.each([
  ['ports { http = 8300 }', 'RPC Advertise address 127.0.0.1:8300 already configured for HTTP'],
  ['ports { http = 8600 }', 'HTTP address 127.0.0.1:8600 already configured for DNS'],
  ['ports { grpc = 8500 }', 'gRPC address 127.0.0.1:8500 already configured for HTTP'],
  [
    'ports { serf_lan = 8300 }',
    'Serf Advertise LAN address 127.0.0.1:8300 already configured for RPC Advertise',
  ],
  [
    'ports { serf_wan = 8301 }',
    'Serf Advertise WAN address 127.0.0.1:8301 already configured for Serf Advertise LAN',
  ],
  ['client_addr = "127.0.0.1 127.0.0.1"', 'DNS address 127.0.0.1:8600 already configured for DNS'],
  [
    'addresses { http = "unix:///a" https = "unix:///a" }',
    'HTTPS address unix:///a already configured for HTTP',
  ],
])('%s', (fragment, message) => {
  expect(refusal(() => hcl(fragment))).toBe(message);
});

test('what does not clash', () => {
  hcl('ports { http = 8300 } addresses { http = "127.0.0.2" }');
  hcl('ports { http = -1 grpc = -1 https = -1 dns = -1 serf_wan = -1 }');
  // A client has no RPC port of its own and no WAN pool.
  load(['-bind=127.0.0.1', '-data-dir=/d', '-http-port=8300']);
  load(['-bind=127.0.0.1', '-data-dir=/d', '-http-port=8302']);
});

test('0 is off as well', () => {
  expect(hcl('ports { dns = 0 }').ports.dns).toBe(-1);
});

test('tagged addresses', () => {
  const config = hcl(
    'advertise_addr = "1.1.1.1" advertise_addr_wan = "::2" advertise_addr_wan_ipv4 = "3.3.3.3" ' +
      'tagged_addresses { lan = "4.4.4.4" other = "5.5.5.5" }',
  );
  expect(config.taggedAddresses).toEqual({
    lan: '4.4.4.4',
    lan_ipv4: '1.1.1.1',
    other: '5.5.5.5',
    wan: '::2',
    wan_ipv4: '3.3.3.3',
    wan_ipv6: '::2',
  });
  expect(config.advertiseLan).toBe('1.1.1.1');
});

test('IPv6 addresses with and without brackets', () => {
  expect(hcl('bind_addr = "[::1]"').bindAddress).toBe('::1');
  expect(hostPort('::1', 80)).toBe('[::1]:80');
  expect(hostPort('1.2.3.4', 80)).toBe('1.2.3.4:80');
});
