import { SourceFilter, sourceHost } from './source-filter.ts';

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::FFFF:a00:1', '10.0.0.1'],
  ['::1', '::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
])('%s is %s', (given, wanted) => {
  expect(sourceHost(given)).toBe(wanted);
});

test('who is allowed', () => {
  const filter = new SourceFilter(['10.0.0.0/8', '192.168.1.7/32', 'fd00::/8']);
  const allowed = ['10.255.0.1', '192.168.1.7', 'fd12::1'];
  const refused = ['11.0.0.1', '192.168.1.8', 'fe80::1', ''];
  expect(allowed.map((host) => filter.allows(host))).toEqual([true, true, true]);
  expect(refused.map((host) => filter.allows(host))).toEqual([false, false, false, false]);
  expect(new SourceFilter(undefined).allows('11.0.0.1')).toBe(true);
  expect(new SourceFilter([]).allows('11.0.0.1')).toBe(false);
});
