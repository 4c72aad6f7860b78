import { parseWatch } from './watches.ts';

const HANDLER = { args: ['x'] };

test('each type with its parameters', () => {
  expect(
    parseWatch(
      {
        Type: 'service',
        Service: 'web',
        tag: ['a', 'b'],
        passingonly: true,
        args: ['/bin/h', '-v'],
        datacenter: 'dc2',
        token: 't',
      },
      'w',
    ),
  ).toEqual({
    type: 'service',
    handlerType: 'script',
    args: ['/bin/h', '-v'],
    httpHandler: undefined,
    datacenter: 'dc2',
    token: 't',
    parameters: { service: 'web', tag: ['a', 'b'], passingonly: true },
  });
  for (const entry of [
    { type: 'key', key: 'a' },
    { type: 'keyprefix', prefix: 'a/' },
    { type: 'services' },
    { type: 'nodes' },
    { type: 'service', service: 'web', tag: 'one' },
    { type: 'checks', state: 'critical' },
    { type: 'checks', service: 'web' },
    { type: 'event', name: 'deploy' },
    { type: 'event' },
  ]) {
    expect(parseWatch({ ...entry, ...HANDLER }, 'w').type).toBe(entry.type);
  }
});

test('handlers', () => {
  expect(parseWatch({ type: 'nodes', handler: 'a | b' }, 'w').args).toEqual([
    '/bin/sh',
    '-c',
    'a | b',
  ]);
  const http = parseWatch(
    {
      type: 'nodes',
      handler_type: 'http',
      http_handler_config: [{ path: 'http://x', header: { 'X-A': ['b'] }, tls_skip_verify: true }],
    },
    'w',
  );
  expect(http.handlerType).toBe('http');
  expect(http.httpHandler).toEqual({
    path: 'http://x',
    method: 'POST',
    timeout: '10s',
    header: { 'X-A': ['b'] },
    tls_skip_verify: true,
  });
});

test.each<[Record<string, unknown>, string]>([
  [{ ...HANDLER }, 'w: Watch type must be specified'],
  [{ type: 'nope', ...HANDLER }, 'w: Unsupported watch type: nope, accepted are key, keyprefix'],
  [{ type: 'constructor', ...HANDLER }, 'w: Unsupported watch type: constructor'],
  [{ type: 'key', ...HANDLER }, 'w: type key needs "key"'],
  [{ type: 'key', key: 5, ...HANDLER }, 'w.key: expected a text, got 5'],
  [
    { type: 'key', key: 'a', prefix: 'b', ...HANDLER },
    'w: invalid parameter "prefix" for type key, accepted: key, stale',
  ],
  [
    { type: 'service', service: 'a', passingonly: 'yes', ...HANDLER },
    'w.passingonly: expected true or false',
  ],
  [{ type: 'checks', service: 'a', state: 'b', ...HANDLER }, 'w: cannot specify service and state'],
  [{ type: 'nodes' }, 'w: a watch needs args'],
  [{ type: 'nodes', handler: 'a', args: ['b'] }, 'w: only one of args and handler is accepted'],
  [{ type: 'nodes', handler_type: 'mail' }, 'w: handler_type "mail" is none of'],
  [{ type: 'nodes', handler_type: 'http' }, 'w.http_handler_config: expected an object, got null'],
  [{ type: 'nodes', handler_type: 'http', http_handler_config: {} }, "requires 'path' to be set"],
  [
    { type: 'nodes', handler_type: 'http', http_handler_config: { path: 'x', timeout: 'y' } },
    'timeout: invalid duration "y"',
  ],
  [
    { type: 'nodes', handler_type: 'http', http_handler_config: { path: 'x', nope: 1 } },
    'invalid config key nope',
  ],
  [{ type: 'nodes', args: 'x' }, 'w.args: expected a list of texts'],
])('%j', (entry, message) => {
  expect(() => parseWatch(entry, 'w')).toThrow(message);
});
