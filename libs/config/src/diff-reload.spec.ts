import { diffReload } from './diff-reload.ts';
import { load } from './testing/load.ts';

function diff(before: string, after: string) {
  return diffReload(load(['-dev', '-hcl', before]), load(['-dev', '-hcl', after]));
}

const NOTHING = {
  services: false,
  checks: false,
  watches: false,
  logLevel: false,
  nodeMeta: false,
  tokens: false,
  tls: false,
  dns: false,
  limits: false,
  discardCheckOutput: false,
  restart: [],
};

test('nothing changed', () => {
  const text = 'service { name = "a" meta { x = "1" } } node_meta { a = "1" b = "2" }';
  expect(diff(text, text)).toEqual(NOTHING);
  expect(diff('node_meta { a = "1" b = "2" }', 'node_meta { b = "2" a = "1" }')).toEqual(NOTHING);
  expect(diff('', 'log_level = "DEBUG" ui = true')).toEqual(NOTHING);
});

test.each([
  ['services', 'service { name = "a" }'],
  ['checks', 'check { name = "a" ttl = "1s" }'],
  ['watches', 'watches = [{ type = "nodes" args = ["x"] }]'],
  ['logLevel', 'log_level = "WARN"'],
  ['nodeMeta', 'node_meta { a = "b" }'],
  ['tokens', 'acl { tokens { default = "t" } }'],
  ['tls', 'cert_file = "x" key_file = "y"'],
  ['dns', 'dns_config { node_ttl = "1s" }'],
  ['dns', 'recursors = ["1.1.1.1"]'],
  ['limits', 'limits { http_max_conns_per_client = 5 }'],
  ['discardCheckOutput', 'discard_check_output = true'],
])('%s', (name, text) => {
  expect(diff('', text)).toEqual({ ...NOTHING, [name]: true });
  expect(diff(text, '')).toEqual({ ...NOTHING, [name]: true });
});

test('what needs a restart is named', () => {
  const text = 'node_name = "x" ports { http = 1 } datacenter = "d" acl_token = "t"';
  expect(diff('', text)).toEqual({
    ...NOTHING,
    tokens: true,
    restart: ['datacenter', 'node_name', 'ports.http'],
  });
});
