import { type ConfigKey, key, WHOLE_MAX } from './key.ts';

/** Gossip pools: joining, encryption, timings. */
export const GOSSIP_KEYS: readonly ConfigKey[] = [
  key('disable_keyring_file', 'flag', 'Do not keep the gossip keyring on disk.', {
    fallback: false,
    devFallback: true,
    tier: 'B',
  }),
  key('encrypt', 'text', 'Gossip key, base64 of 16, 24 or 32 bytes.', {
    fallbackDoc: 'none',
    secret: true,
  }),
  key('encrypt_verify_incoming', 'flag', 'Refuse plain gossip.', {
    fallback: true,
    tier: 'B',
  }),
  key('encrypt_verify_outgoing', 'flag', 'Send encrypted gossip.', {
    fallback: true,
    tier: 'B',
  }),
  key('gossip_lan.gossip_interval', 'duration', 'LAN: how often updates are spread.', {
    fallback: '200ms',
    devFallback: '100ms',
    tier: 'C',
  }),
  key('gossip_lan.gossip_nodes', 'whole', 'LAN: members told in one round.', {
    fallback: 3,
    range: { min: 1, max: WHOLE_MAX },
    tier: 'C',
  }),
  key('gossip_lan.probe_interval', 'duration', 'LAN: how often a member is probed.', {
    fallback: '1s',
    devFallback: '100ms',
    tier: 'C',
  }),
  key('gossip_lan.probe_timeout', 'duration', 'LAN: how long an answer to a probe may take.', {
    fallback: '500ms',
    devFallback: '100ms',
    tier: 'C',
  }),
  key(
    'gossip_lan.retransmit_mult',
    'whole',
    'LAN: how often an update is repeated, times log(members).',
    { fallback: 4, range: { min: 1, max: WHOLE_MAX }, tier: 'C' },
  ),
  key(
    'gossip_lan.suspicion_mult',
    'whole',
    'LAN: how long a suspect may refute, times log(members).',
    { fallback: 4, devFallback: 3, range: { min: 1, max: WHOLE_MAX }, tier: 'C' },
  ),
  key('gossip_wan.gossip_interval', 'duration', 'WAN: how often updates are spread.', {
    fallback: '500ms',
    devFallback: '100ms',
    tier: 'C',
  }),
  key('gossip_wan.gossip_nodes', 'whole', 'WAN: members told in one round.', {
    fallback: 3,
    range: { min: 1, max: WHOLE_MAX },
    fallbackDoc: '3 (LAN value)',
    tier: 'C',
  }),
  key('gossip_wan.probe_interval', 'duration', 'WAN: how often a member is probed.', {
    fallback: '5s',
    devFallback: '100ms',
    tier: 'C',
  }),
  key('gossip_wan.probe_timeout', 'duration', 'WAN: how long an answer to a probe may take.', {
    fallback: '3s',
    devFallback: '100ms',
    tier: 'C',
  }),
  key(
    'gossip_wan.retransmit_mult',
    'whole',
    'WAN: how often an update is repeated, times log(members).',
    { fallback: 4, range: { min: 1, max: WHOLE_MAX }, tier: 'C' },
  ),
  key(
    'gossip_wan.suspicion_mult',
    'whole',
    'WAN: how long a suspect may refute, times log(members).',
    { fallback: 6, devFallback: 3, range: { min: 1, max: WHOLE_MAX }, tier: 'C' },
  ),
  key('reconnect_timeout', 'duration', 'Failed LAN members forgotten after; at least 8h.', {
    fallbackDoc: '72h',
    tier: 'B',
  }),
  key('reconnect_timeout_wan', 'duration', 'The same for WAN.', {
    fallbackDoc: '72h',
    tier: 'C',
  }),
  key('rejoin_after_leave', 'flag', 'Join the old cluster at start although it was left.', {
    fallback: false,
    tier: 'B',
  }),
  key('retry_interval', 'duration', 'Between retry_join attempts.', {
    fallback: '30s',
  }),
  key('retry_interval_wan', 'duration', 'The same for WAN.', {
    fallback: '30s',
    tier: 'C',
  }),
  key('retry_join', 'texts', 'Addresses to join, retried; provider= strings allowed.', {
    fallback: [],
  }),
  key('retry_join_wan', 'texts', 'The same for WAN.', {
    fallback: [],
    tier: 'B',
  }),
  key('retry_max', 'whole', 'Attempts.', {
    fallback: 0,
    fallbackDoc: '0 (forever)',
    range: { min: 0, max: WHOLE_MAX },
    tier: 'B',
  }),
  key('retry_max_wan', 'whole', 'Attempts.', {
    fallback: 0,
    range: { min: 0, max: WHOLE_MAX },
    tier: 'C',
  }),
  key('start_join', 'texts', 'Addresses to join once; failure ends the agent.', {
    fallback: [],
  }),
  key('start_join_wan', 'texts', 'The same for WAN.', {
    fallback: [],
    tier: 'B',
  }),
  key('serf_lan', 'text', 'Bind address of LAN gossip.', {
    fallbackDoc: 'bind_addr',
    tier: 'B',
  }),
  key('serf_wan', 'text', 'Bind address of WAN gossip.', {
    fallbackDoc: 'bind_addr',
    tier: 'B',
  }),
  key('serf_lan_allowed_cidrs', 'texts', 'Addresses that may join.', {
    fallback: [],
    fallbackDoc: 'all',
    tier: 'C',
  }),
  key('serf_wan_allowed_cidrs', 'texts', 'Addresses that may join.', {
    fallback: [],
    fallbackDoc: 'all',
    tier: 'C',
  }),
];
