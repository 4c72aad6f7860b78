import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateConfigFiles } from './load-config.ts';
import { hcl, load, refusal } from './testing/load.ts';
import {
  ETH0,
  LOOPBACK,
  MemoryFiles,
  memoryEnvironment,
  TEST_UUID,
} from './testing/memory-environment.ts';

function recorded(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(__dirname, '../testdata', name), 'utf8'));
}

describe('precedence', () => {
  const files = {
    'c/a.hcl': 'node_name = "a" recursors = ["1.1.1.1"] node_meta { x = "a" y = "a" }',
    'c/b.json': '{"node_name":"b","recursors":["2.2.2.2"],"node_meta":{"x":"b"}}',
    'c/sub/c.hcl': 'nope = 1',
    'd.hcl': 'node_name = "d"',
  };

  test('folders are read by name, later files win, lists append, maps merge', () => {
    const { config } = load(['-dev', '-config-dir=c'], files);
    expect(config.nodeName).toBe('b');
    expect(config.dns.recursors).toEqual(['1.1.1.1', '2.2.2.2']);
    expect(config.nodeMeta).toEqual({ x: 'b', y: 'a' });
  });

  test('files count in the order of the command line', () => {
    expect(load(['-dev', '-config-file', 'd.hcl', '-config-dir', 'c'], files).config.nodeName).toBe(
      'b',
    );
    expect(load(['-dev', '-config-dir=c', '-config-file=d.hcl'], files).config.nodeName).toBe('d');
  });

  test('a flag beats files, -hcl beats both', () => {
    expect(load(['-dev', '-node=f', '-config-dir=c'], files).config.nodeName).toBe('f');
    const argv = ['-dev', '-hcl', 'node_name = "h"', '-node=f', '-config-dir=c'];
    expect(load(argv, files).config.nodeName).toBe('h');
  });

  test('null means unset', () => {
    const { config } = load(['-dev', '-config-file=n.json'], {
      'n.json': '{"node_name":null,"ports":{"http":null},"dns_config":null}',
    });
    expect(config.nodeName).toBe('vm');
    expect(config.ports.http).toBe(8500);
  });

  test('other extensions are skipped with a warning, -config-format reads them', () => {
    const texts = { 'e/x.conf': 'node_name = "x"', 'e/empty.hcl': '' };
    const skipped = load(['-dev', '-config-dir=e'], texts);
    expect(skipped.config.nodeName).toBe('vm');
    expect(skipped.config.warnings).toEqual([
      'skipping file e/x.conf, extension must be .hcl or .json, or config format must be set',
    ]);
    expect(load(['-dev', '-config-dir=e', '-config-format=hcl'], texts).config.nodeName).toBe('x');
  });

  test('the result is frozen', () => {
    const { config } = load(['-dev']);
    expect(Object.isFrozen(config.dns.soa)).toBe(true);
    expect(() => ((config.nodeMeta as Record<string, string>)['a'] = 'b')).toThrow(TypeError);
  });
});

describe('DebugConfig', () => {
  test('-dev shows exactly what was recorded', () => {
    const shown = load(['-dev']).config.debugConfig;
    const expected = { ...recorded('debug-config-dev.json'), NodeID: TEST_UUID, NodeName: 'vm' };
    expect(JSON.parse(JSON.stringify(shown))).toEqual(expected);
    expect(Object.keys(shown)).toEqual(Object.keys(expected));
  });

  test('a server without a file shows exactly what was recorded', () => {
    const argv = ['-server', '-bootstrap-expect=1', '-bind=127.0.0.1', '-data-dir=DATA_DIR'];
    const expected = { ...recorded('debug-config-server.json'), NodeID: TEST_UUID };
    expect(JSON.parse(JSON.stringify(load(argv).config.debugConfig))).toEqual(expected);
  });

  test('no secret is shown, whatever holds it', () => {
    const secret = 'b1gs3cret';
    const { config } = load([
      '-dev',
      '-hcl',
      `acl { tokens { default = "${secret}" agent_master = "${secret}" } }
       encrypt = "pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s="
       cert_file = "agent.pem" key_file = "${secret}"
       connect { ca_config { token = "${secret}" nested { private_key = "${secret}" } } }
       telemetry { circonus_api_token = "${secret}" }
       retry_join = ["provider=aws secret_access_key=${secret} tag_key=${secret}"]
       auto_config { intro_token = "${secret}" }
       watches = [{ type = "nodes" args = ["x"] token = "${secret}" }]
       service { name = "w" token = "${secret}"
         check { http = "http://x" interval = "1s" header { Authorization = ["${secret}"] } } }`,
    ]);
    const shown = JSON.stringify(config.debugConfig);
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain('pUqJrVyV');
    expect(config.warnings.join()).not.toContain(secret);
  });
});

describe('addresses', () => {
  test('defaults follow from one another', () => {
    const { config } = load(['-dev', '-bind=10.9.9.9', '-client=127.0.0.1 ::1']);
    expect(config.advertiseLan).toBe('10.9.9.9');
    expect(config.advertiseWan).toBe('10.9.9.9');
    expect(config.taggedAddresses).toEqual({
      lan: '10.9.9.9',
      lan_ipv4: '10.9.9.9',
      wan: '10.9.9.9',
      wan_ipv4: '10.9.9.9',
    });
    expect(config.http.listen).toEqual([
      { kind: 'tcp', host: '127.0.0.1', port: 8500 },
      { kind: 'tcp', host: '::1', port: 8500 },
    ]);
  });

  test('bound to all, the one private address is advertised', () => {
    expect(load(['-dev', '-bind=0.0.0.0']).config.advertiseLan).toBe('10.1.2.3');
    const second = { ...ETH0, name: 'eth1', address: '192.168.0.9' };
    expect(refusal(() => load(['-dev', '-bind=0.0.0.0'], {}, [LOOPBACK, ETH0, second]))).toBe(
      'Multiple private IPv4 addresses found: 10.1.2.3 (eth0), 192.168.0.9 (eth1). ' +
        "Please configure one with 'bind' and/or 'advertise'.",
    );
    expect(load(['-dev', '-bind=0.0.0.0'], {}, [LOOPBACK]).config.advertiseLan).toBe('127.0.0.1');
    const open = [LOOPBACK, { ...ETH0, address: '5.6.7.8' }];
    expect(refusal(() => load(['-dev', '-bind=0.0.0.0'], {}, open))).toMatch(
      /^No private IPv4 address found/,
    );
    expect(
      load(['-dev', '-bind=0.0.0.0', '-advertise=5.6.7.8'], {}, open).config.advertiseLan,
    ).toBe('5.6.7.8');
    expect(
      load(['-dev', '-bind=::'], {}, [{ ...ETH0, family: 'ipv6', address: '2a00::1' }]).config,
    ).toMatchObject({ advertiseLan: '2a00::1' });
  });

  test('templates', () => {
    const tailored = (text: string) => load(['-dev', `-bind=${text}`]).config.bindAddress;
    expect(tailored('{{ GetPrivateIP }}')).toBe('10.1.2.3');
    expect(tailored('{{GetInterfaceIP "eth0"}}')).toBe('10.1.2.3');
    expect(
      tailored(
        '{{ GetAllInterfaces | exclude "flags" "loopback" | include "type" "ipv4" | limit 1 | join "address" " " }}',
      ),
    ).toBe('10.1.2.3');
    expect(tailored('{{ GetAllInterfaces | include "name" `^l` | attr "address" }}')).toBe(
      '127.0.0.1',
    );
    expect(refusal(() => tailored('{{ GetInterfaceIP "eth9" }}'))).toMatch(
      /^bind_addr: .* gives no address on this machine$/,
    );
    expect(refusal(() => tailored('{{ GetMoon }}'))).toMatch(
      /unknown function "GetMoon", accepted/,
    );
    expect(refusal(() => tailored('{{ GetAllInterfaces | math "network" "+1" }}'))).toMatch(
      /unknown filter "math"/,
    );
  });

  test('unix sockets and ports that are off', () => {
    const config = hcl('addresses { http = "unix:///tmp/h.sock 127.0.0.1" } ports { dns = -1 }');
    expect(config.http.listen).toEqual([
      { kind: 'unix', path: '/tmp/h.sock' },
      { kind: 'tcp', host: '127.0.0.1', port: 8500 },
    ]);
    expect(config.dns.listen).toEqual([]);
    expect(hcl('ports { http = -1 }').http.listen).toEqual([]);
    expect(refusal(() => hcl('addresses { dns = "unix:///d.sock" }'))).toBe(
      'flags-0.hcl: addresses.dns DNS address cannot be a unix socket',
    );
    expect(refusal(() => hcl('bind_addr = "unix:///d.sock"'))).toMatch(/cannot be a unix socket/);
  });

  test('wrong addresses', () => {
    expect(refusal(() => hcl('client_addr = "here"'))).toBe(
      'flags-0.hcl: client_addr: invalid ip address: here',
    );
    expect(refusal(() => hcl('bind_addr = "1.2.3.4 1.2.3.5"'))).toMatch(/multiple addresses found/);
    expect(refusal(() => hcl('advertise_addr = "0.0.0.0"'))).toMatch(/Advertise address cannot be/);
    expect(refusal(() => hcl('advertise_addr_ipv6 = "1.2.3.4"'))).toMatch(/must be an ipv6/);
  });
});

describe('node id', () => {
  test('is made once and kept, 0600, in data_dir', () => {
    const files = new MemoryFiles();
    const argv = ['-server', '-bind=127.0.0.1', '-data-dir=/var/c'];
    expect(load(argv, files).config.nodeId).toBe(TEST_UUID);
    expect(files.made).toEqual(['/var/c']);
    const kept = '46c5f571-5bcb-7b9e-e84f-8e590fada01e';
    files.texts.set('/var/c/node-id', `${kept.toUpperCase()}\n`);
    expect(load(argv, files).config.nodeId).toBe(kept);
  });

  test('-dev and a given id touch no file', () => {
    const files = new MemoryFiles();
    expect(load(['-dev', '-data-dir=/var/c'], files).config.nodeId).toBe(TEST_UUID);
    const id = '46C5F571-5bcb-7b9e-e84f-8e590fada01e';
    const argv = ['-server', '-bind=127.0.0.1', '-data-dir=/var/c', `-node-id=${id}`];
    expect(load(argv, files).config.nodeId).toBe(id.toLowerCase());
    expect(files.texts.size + files.made.length).toBe(0);
    expect(refusal(() => load(['-dev', '-node-id=x']))).toMatch(/^node_id: .*"x" is invalid/);
  });

  test('unreadable, damaged or unwritable', () => {
    const argv = ['-server', '-bind=127.0.0.1', '-data-dir=/d'];
    const files = new MemoryFiles();
    files.failing.set('/d/node-id', 'EACCES');
    expect(refusal(() => load(argv, files))).toBe(
      'failed to setup node ID: open /d/node-id: permission denied',
    );
    expect(refusal(() => load(argv, { '/d/node-id': 'junk' }))).toMatch(
      /\/d\/node-id holds no UUID/,
    );
    const blocked = new MemoryFiles();
    blocked.failing.set('mkdir /d', 'ENOENT');
    expect(refusal(() => load(argv, blocked))).toBe(
      'failed to setup node ID: mkdir /d: no such file or directory',
    );
  });
});

describe('definitions', () => {
  test('every place and both formats', () => {
    const { config } = load(['-dev', '-config-dir=c'], {
      'c/1.hcl': `service { name = "one" port = 1 check { http = "http://x" interval = "1s"
          header { X-A = ["b"] } } }
        service { name = "two" tagged_addresses { lan { address = "1.2.3.4" port = 5 } } }
        check { name = "c1" ttl = "1m" }`,
      'c/2.json':
        '{"services":[{"name":"three","checks":[{"TTL":"1s"},{"args":["true"],"interval":"9s"}]}],' +
        '"checks":[{"id":"c2","name":"n","tcp":"a:1","interval":"10s","DeregisterCriticalServiceAfter":"90m"}]}',
      'c/3.hcl': 'services { name = "four" } checks = [{ name = "c3" alias_service = "one" }]',
    });
    expect(config.services.map((one) => one.id)).toEqual(['one', 'two', 'three', 'four']);
    expect(config.services[0]!.checks[0]!.header).toEqual({ 'X-A': ['b'] });
    expect(config.services[1]!.taggedAddresses).toEqual({ lan: { Address: '1.2.3.4', Port: 5 } });
    expect(config.services[2]!.checks.map((one) => one.ttlMs)).toEqual([1000, 0]);
    expect(config.checks.map((one) => one.name)).toEqual(['c1', 'n', 'c3']);
    expect(config.checks[1]!.deregisterCriticalServiceAfterMs).toBe(5_400_000);
  });
});

describe('validateConfigFiles', () => {
  test('uses the whole rules and leaves data_dir alone', () => {
    const files = new MemoryFiles({
      'good.json': '{"datacenter":"dc1","data_dir":"/tmp/x"}',
      'svc.json': '{"service":{"name":"web"}}',
    });
    expect(validateConfigFiles(['good.json'], '', memoryEnvironment(files))).toEqual([]);
    expect(files.made).toEqual([]);
    expect(refusal(() => validateConfigFiles(['svc.json'], '', memoryEnvironment(files)))).toBe(
      'data_dir cannot be empty',
    );
  });
});
