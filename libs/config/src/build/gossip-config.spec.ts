import { hcl, load, refusal } from '../testing/load.ts';

const LAN = {
  allowedCidrs: [],
  gossipIntervalMs: 200,
  gossipNodes: 3,
  probeIntervalMs: 1000,
  probeTimeoutMs: 500,
  retransmitMult: 4,
  suspicionMult: 4,
  reconnectTimeoutMs: 72 * 3_600_000,
};

test('pools without configuration', () => {
  const { gossip, join } = load(['-server', '-bind=10.0.0.5', '-data-dir=/d']).config;
  expect(gossip).toEqual({
    lan: { ...LAN, bindAddress: '10.0.0.5' },
    wan: {
      ...LAN,
      bindAddress: '10.0.0.5',
      gossipIntervalMs: 500,
      probeIntervalMs: 5000,
      probeTimeoutMs: 3000,
      suspicionMult: 6,
    },
    verifyIncoming: true,
    verifyOutgoing: true,
    disableKeyringFile: false,
  });
  expect(join).toMatchObject({ retryIntervalWanMs: 30_000, retryMaxAttemptsWan: 0 });
});

test('pools under -dev are quicker, and keep no keys on disk', () => {
  const { gossip } = hcl('');
  const quick = { gossipIntervalMs: 100, probeIntervalMs: 100, probeTimeoutMs: 100 };
  for (const pool of [gossip.lan, gossip.wan]) {
    expect(pool).toEqual({ ...LAN, ...quick, bindAddress: '127.0.0.1', suspicionMult: 3 });
  }
  expect(gossip.disableKeyringFile).toBe(true);
});

test('pools as configured', () => {
  const { gossip, join, warnings } = hcl(`
    serf_lan = "10.0.0.6" serf_wan = "0.0.0.0"
    serf_lan_allowed_cidrs = ["10.0.0.0/8"] serf_wan_allowed_cidrs = ["0.0.0.0/0", "::/0"]
    gossip_lan { gossip_interval = "50ms" gossip_nodes = 5 probe_interval = "2s" probe_timeout = "1s"
      retransmit_mult = 6 suspicion_mult = 7 }
    reconnect_timeout = "8h" reconnect_timeout_wan = "9h"
    encrypt_verify_incoming = false encrypt_verify_outgoing = false disable_keyring_file = false
    retry_interval_wan = "5s" retry_max_wan = 4`);
  expect(gossip).toMatchObject({
    lan: {
      ...{ bindAddress: '10.0.0.6', allowedCidrs: ['10.0.0.0/8'], gossipIntervalMs: 50 },
      ...{ gossipNodes: 5, probeIntervalMs: 2000, probeTimeoutMs: 1000, retransmitMult: 6 },
      ...{ suspicionMult: 7, reconnectTimeoutMs: 8 * 3_600_000 },
    },
    wan: {
      ...{ bindAddress: '0.0.0.0', allowedCidrs: ['0.0.0.0/0', '::/0'] },
      reconnectTimeoutMs: 9 * 3_600_000,
    },
    ...{ verifyIncoming: false, verifyOutgoing: false, disableKeyringFile: false },
  });
  expect(join).toMatchObject({ retryIntervalWanMs: 5000, retryMaxAttemptsWan: 4 });
  expect(warnings.filter((line) => line.includes('not used'))).toEqual([]);
});

test.each([
  ['gossip_lan { probe_interval = "0s" }', 'gossip_lan.probe_interval must be >= 10ms, got 0s'],
  ['gossip_wan { gossip_interval = "1ms" }', 'gossip_wan.gossip_interval must be >= 10ms, got 1ms'],
  ['gossip_lan { gossip_nodes = 0 }', 'gossip_nodes'],
  ['gossip_wan { suspicion_mult = 0 }', 'suspicion_mult'],
  ['reconnect_timeout = "7h"', 'reconnect_timeout must be >= 8h, got 7h'],
  ['serf_lan = "10.0.0.1 10.0.0.2"', 'serf_lan: multiple addresses found: 10.0.0.1 10.0.0.2'],
  ['serf_lan_allowed_cidrs = ["10.0.0.1"]', 'serf_lan_allowed_cidrs: invalid CIDR "10.0.0.1"'],
])('%s is refused', (fragment, message) => {
  expect(refusal(() => hcl(fragment))).toContain(message);
});
