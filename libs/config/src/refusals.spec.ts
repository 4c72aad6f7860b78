import { hcl, load, refusal } from './testing/load.ts';
import { MemoryFiles } from './testing/memory-environment.ts';

describe('refusals name file and key', () => {
  const cases: readonly (readonly [string, string])[] = [
    [
      'ports { http = "80" }',
      'failed to parse flags-0.hcl: ports.http: expected a whole number, got "80"',
    ],
    ['ui = "yes"', 'failed to parse flags-0.hcl: ui: expected true or false, got "yes"'],
    [
      'acl { enabld = true }',
      'failed to parse flags-0.hcl: invalid config key acl.enabld (did you mean "enabled"?)',
    ],
    [
      'service { name = "a" enableTagOverride = true }',
      'failed to parse flags-0.hcl: invalid config key service.enableTagOverride',
    ],
    ['service { nam = "a" }', 'failed to parse flags-0.hcl: invalid config key service.nam'],
    [
      'services = [{ name = "a" }, { port = 1 }]',
      'failed to parse flags-0.hcl: services[1]: Missing service name',
    ],
    [
      'check { name = "c" interval = "1s" script = "x" }',
      'failed to parse flags-0.hcl: check.script: script checks take "args", a list of the program and its arguments',
    ],
    [
      'check { name = "c" }',
      'failed to parse flags-0.hcl: check "c": Invalid check: TTL must be > 0 for TTL checks',
    ],
    [
      'performance { raft_multiplier = 11 }',
      'failed to parse flags-0.hcl: performance.raft_multiplier cannot be 11, accepted are 1 to 10',
    ],
    [
      'ports { http = 1 } ports { dns = 2 }',
      'failed to parse flags-0.hcl: ports: given 2 times, accepted is one object',
    ],
    [
      'tls_min_version = "ssl3"',
      'failed to parse flags-0.hcl: tls_min_version: expected "tls10" or "tls11" or "tls12", got "ssl3"',
    ],
    ['reconnect_timeout = "1h"', 'flags-0.hcl: reconnect_timeout must be >= 8h, got 1h'],
    [
      'log_level = "loud"',
      'flags-0.hcl: Invalid log level: loud. Valid log levels are: [TRACE DEBUG INFO WARN ERR ERROR]',
    ],
    [
      'node_meta { "a b" = "c" }',
      "flags-0.hcl: node_meta invalid: Couldn't load metadata pair ('a b', 'c'): " +
        'Key contains invalid characters (at most 64 pairs)',
    ],
    [
      'http_config { allow_write_http_from = ["x"] }',
      'flags-0.hcl: http_config.allow_write_http_from: invalid CIDR "x", accepted are networks such as 10.0.0.0/8',
    ],
    [
      'dns_config { service_ttl { "a*b" = "1s" } }',
      'flags-0.hcl: dns_config.service_ttl: "a*b" may hold * at its end alone',
    ],
    [
      'dns_config { service_ttl { x = "soon" } }',
      'flags-0.hcl: dns_config.service_ttl.x: invalid duration "soon", accepted are e.g. 10s or 5m',
    ],
    [
      'alt_domain = "service.x"',
      'flags-0.hcl: alt_domain cannot start with {service,connect,node,query,addr,dc1}',
    ],
    [
      'encrypt = "AAAA"',
      'flags-0.hcl: encrypt has invalid key: key size is 3 bytes, accepted are 16, 24 or 32',
    ],
    ['bootstrap_expect = 3', "flags-0.hcl: 'bootstrap_expect > 0' not allowed in dev mode"],
    [
      'ui_content_path = "a b"',
      'flags-0.hcl: ui-content-path can only contain alphanumeric, -, _, or /. received: "a b"',
    ],
    [
      'segments = [{ nam = "x" }]',
      'failed to parse flags-0.hcl: invalid config key segments[0].nam (did you mean "name"?)',
    ],
    [
      'session_ttl_min = "x"',
      'failed to parse flags-0.hcl: session_ttl_min: invalid duration "x", ' +
        'accepted are a number and a unit such as 10s or 5m',
    ],
  ];

  test.each(cases)('%s', (fragment, message) => {
    expect(refusal(() => hcl(fragment))).toBe(message);
  });

  test('two files with one service id', () => {
    const web = '{"service":{"id":"w1","name":"web","port":80}}';
    const files = { 'c/a.json': web, 'c/b.json': web };
    expect(refusal(() => load(['-dev', '-config-dir=c'], files))).toBe(
      'service id "w1" is defined in c/a.json and in c/b.json, accepted is one definition for each id',
    );
    expect(
      refusal(() =>
        load(['-dev', '-config-file=a.hcl'], {
          'a.hcl': 'service { name = "x" } service { name = "x" }',
        }),
      ),
    ).toMatch(/service id "x" is defined twice in a.hcl/);
  });

  test('unreadable folder and file', () => {
    const files = new MemoryFiles({ 'c/a.hcl': '' });
    files.failing.set('c/', 'EACCES');
    expect(refusal(() => load(['-dev', '-config-dir=c'], files))).toBe(
      'config: ReadDir failed on c. open c: permission denied',
    );
    const single = new MemoryFiles({ 'a.hcl': 'x' });
    single.failing.set('a.hcl', 'EACCES');
    expect(refusal(() => load(['-dev', '-config-file=a.hcl'], single))).toBe(
      'config: Open failed on a.hcl. open a.hcl: permission denied',
    );
  });
});

describe('warnings', () => {
  test('none for a plain agent or for keys set to their defaults', () => {
    expect(
      hcl('connect { enabled = true } ui = true encrypt_verify_incoming = true').warnings,
    ).toEqual([]);
  });

  test('keys of what is still to come, fixed keys, old names', () => {
    expect(hcl('acl { enable_key_list_policy = true }').warnings).toEqual([
      'acl.enable_key_list_policy (set in flags-0.hcl) is accepted but not used: it belongs to ACLs, ' +
        'which this version does not have yet',
    ]);
    expect(hcl('check_reap_interval = "5s"').warnings).toEqual([
      'check_reap_interval (set in flags-0.hcl) has no effect: the value is fixed',
    ]);
    expect(hcl('check_reap_interval = "5s"').checkSettings.reapIntervalMs).toBe(30_000);
    const old = hcl('acl_token = "t"');
    expect(old.aclTokens.default).toBe('t');
    expect(old.warnings[0]).toMatch(
      /'acl_token' field is deprecated. Use the 'acl.tokens.default'/,
    );
    expect(hcl('non_voting_server = true').warnings[0]).toMatch(/enterprise feature/);
    expect(load(['-dev', '-node=bad name']).config.warnings[0]).toMatch(
      /^Node name "bad name" will not be discoverable via DNS due to invalid characters/,
    );
    expect(hcl('enable_script_checks = true').warnings[0]).toMatch(/DANGEROUS/);
  });

  test('expecting one server is bootstrapping', () => {
    const argv = ['-server', '-bootstrap-expect=1', '-bind=127.0.0.1', '-data-dir=/d'];
    const { config } = load(argv);
    expect([config.bootstrap, config.bootstrapExpect]).toEqual([true, 0]);
    expect(config.warnings).toContain(
      'BootstrapExpect is set to 1; this is the same as Bootstrap mode.',
    );
  });
});
