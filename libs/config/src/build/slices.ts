/** Parts of RuntimeConfig that follow from settings alone. */

import { parseDuration } from '@mesh/base';
import type {
  CheckSettings,
  DnsConfig,
  GossipPoolConfig,
  HttpConfig,
  LogConfig,
  RuntimeConfig,
  TlsConfig,
} from '../runtime-config.ts';
import type { Settings } from '../settings/settings.ts';
import type { InterfaceAddress } from '../sources/environment.ts';
import type { Addresses } from './addresses.ts';
import { logLevelOf } from './log-level.ts';
import { expandTemplates } from './sockaddr.ts';

const LOG_ROTATE_DEFAULT_MS = 24 * 3_600_000;
const RECONNECT_DEFAULT_MS = 72 * 3_600_000;
const SESSION_TTL_MIN_DEFAULT_MS = 10_000;
const RAFT_SNAPSHOT_THRESHOLD_DEFAULT = 16_384;
const RAFT_SNAPSHOT_INTERVAL_DEFAULT_MS = 30_000;
const RAFT_TRAILING_LOGS_DEFAULT = 10_240;

/** Lower case with a final dot; "" stays. */
function dnsDomain(text: string): string {
  if (text === '') return '';
  const lower = text.toLowerCase();
  return lower.endsWith('.') ? lower : `${lower}.`;
}

/** `dns_config`, domains and recursors. @throws MeshError for a bad template */
export function dnsConfig(
  settings: Settings,
  addresses: Addresses,
  interfaces: readonly InterfaceAddress[],
): DnsConfig {
  return {
    domain: dnsDomain(settings.text('domain')),
    altDomain: dnsDomain(settings.text('alt_domain')),
    listen: addresses.dns,
    allowStale: settings.flag('dns_config.allow_stale'),
    maxStaleMs: settings.durationMs('dns_config.max_stale'),
    nodeTtlMs: settings.durationMs('dns_config.node_ttl'),
    serviceTtlMs: serviceTtls(settings),
    onlyPassing: settings.flag('dns_config.only_passing'),
    enableTruncate: settings.flag('dns_config.enable_truncate'),
    udpAnswerLimit: settings.number('dns_config.udp_answer_limit'),
    aRecordLimit: settings.number('dns_config.a_record_limit'),
    disableCompression: settings.flag('dns_config.disable_compression'),
    nodeMetaTxt: settings.flag('dns_config.enable_additional_node_meta_txt'),
    recursors: recursors(settings, interfaces),
    recursorTimeoutMs: settings.durationMs('dns_config.recursor_timeout'),
    soa: {
      refreshS: settings.number('dns_config.soa.refresh'),
      retryS: settings.number('dns_config.soa.retry'),
      expireS: settings.number('dns_config.soa.expire'),
      minTtlS: settings.number('dns_config.soa.min_ttl'),
    },
  };
}

function serviceTtls(settings: Settings): Readonly<Record<string, number>> {
  const ttls = Object.entries(settings.textMap('dns_config.service_ttl'));
  return Object.fromEntries(ttls.map(([name, ttl]) => [name, parseDuration(ttl) ?? 0]));
}

/** Each may be an IP, IP:port or a template that gives some. */
function recursors(settings: Settings, interfaces: readonly InterfaceAddress[]): readonly string[] {
  const all = settings
    .texts('recursors')
    .flatMap((one) => expandTemplates(one, interfaces).trim().split(/\s+/))
    .filter((one) => one !== '');
  return [...new Set(all)];
}

/** `http_config`, `ui*` and neighbours. */
export function httpConfig(settings: Settings, addresses: Addresses): HttpConfig {
  return {
    listen: addresses.http,
    https: {
      listen: addresses.https,
      handshakeTimeoutMs: settings.durationMs('limits.https_handshake_timeout'),
      tls: tlsConfig(settings),
    },
    blockEndpoints: settings.texts('http_config.block_endpoints'),
    responseHeaders: settings.textMap('http_config.response_headers'),
    allowWriteFrom: settings.texts('http_config.allow_write_http_from'),
    useCache: settings.flag('http_config.use_cache'),
    maxConnectionsPerClient: settings.number('limits.http_max_conns_per_client'),
    disableUnprintableCharFilter: settings.flag('disable_http_unprintable_char_filter'),
    alwaysPretty: settings.dev,
    ui: settings.flag('ui'),
    uiContentPath: uiContentPath(settings),
    uiDir: settings.text('ui_dir'),
    unixSocket: {
      user: settings.text('unix_sockets.user'),
      group: settings.text('unix_sockets.group'),
      mode: settings.text('unix_sockets.mode'),
    },
  };
}

/** With a slash before and after. */
export function uiContentPath(settings: Settings): string {
  const inner = settings.text('ui_content_path').replace(/^\/+|\/+$/g, '');
  return inner === '' ? '/' : `/${inner}/`;
}

/** `log_*` and syslog. */
export function logConfig(settings: Settings): LogConfig {
  return {
    level: logLevelOf(settings),
    json: settings.flag('log_json'),
    file: settings.text('log_file'),
    rotateBytes: settings.number('log_rotate_bytes'),
    rotateDurationMs: settings.durationMs('log_rotate_duration') || LOG_ROTATE_DEFAULT_MS,
    rotateMaxFiles: settings.number('log_rotate_max_files'),
    syslog: settings.flag('enable_syslog'),
    syslogFacility: settings.text('syslog_facility'),
  };
}

/** How checks are run. Remote scripts include local ones. */
export function checkSettings(settings: Settings): CheckSettings {
  const remote = settings.flag('enable_script_checks');
  return {
    enableRemoteScripts: remote,
    enableLocalScripts: remote || settings.flag('enable_local_script_checks'),
    updateIntervalMs: settings.durationMs('check_update_interval'),
    outputMaxBytes: settings.number('check_output_max_size'),
    discardOutput: settings.flag('discard_check_output'),
    deregisterIntervalMinMs: settings.durationMs('check_deregister_interval_min'),
    reapIntervalMs: settings.durationMs('check_reap_interval'),
  };
}

/** `telemetry`. */
export function telemetryConfig(settings: Settings): RuntimeConfig['telemetry'] {
  return {
    prometheusRetentionMs: settings.durationMs('telemetry.prometheus_retention_time'),
    metricsPrefix: settings.text('telemetry.metrics_prefix'),
    disableHostname: settings.flag('telemetry.disable_hostname'),
    filterDefault: settings.flag('telemetry.filter_default'),
    prefixFilter: settings.texts('telemetry.prefix_filter'),
    statsdAddress: settings.text('telemetry.statsd_address'),
    statsiteAddress: settings.text('telemetry.statsite_address'),
    dogstatsdAddress: settings.text('telemetry.dogstatsd_addr'),
    dogstatsdTags: settings.texts('telemetry.dogstatsd_tags'),
  };
}

/** Members to join. */
export function joinConfig(settings: Settings): RuntimeConfig['join'] {
  return {
    startLan: settings.texts('start_join'),
    startWan: settings.texts('start_join_wan'),
    retryLan: settings.texts('retry_join'),
    retryWan: settings.texts('retry_join_wan'),
    retryIntervalMs: settings.durationMs('retry_interval'),
    retryMaxAttempts: settings.number('retry_max'),
    retryIntervalWanMs: settings.durationMs('retry_interval_wan'),
    retryMaxAttemptsWan: settings.number('retry_max_wan'),
    rejoinAfterLeave: settings.flag('rejoin_after_leave'),
  };
}

/** Pools of agents: timings, addresses and encryption. */
export function gossipConfig(settings: Settings, addresses: Addresses): RuntimeConfig['gossip'] {
  return {
    lan: {
      ...gossipTimings(settings, 'gossip_lan'),
      bindAddress: addresses.serfLanBind,
      allowedCidrs: settings.texts('serf_lan_allowed_cidrs'),
      reconnectTimeoutMs: settings.durationMs('reconnect_timeout') || RECONNECT_DEFAULT_MS,
    },
    wan: {
      ...gossipTimings(settings, 'gossip_wan'),
      bindAddress: addresses.serfWanBind,
      allowedCidrs: settings.texts('serf_wan_allowed_cidrs'),
      reconnectTimeoutMs: settings.durationMs('reconnect_timeout_wan') || RECONNECT_DEFAULT_MS,
    },
    verifyIncoming: settings.flag('encrypt_verify_incoming'),
    verifyOutgoing: settings.flag('encrypt_verify_outgoing'),
    disableKeyringFile: settings.flag('disable_keyring_file'),
  };
}

function gossipTimings(
  settings: Settings,
  group: 'gossip_lan' | 'gossip_wan',
): Omit<GossipPoolConfig, 'bindAddress' | 'allowedCidrs' | 'reconnectTimeoutMs'> {
  return {
    gossipIntervalMs: settings.durationMs(`${group}.gossip_interval`),
    gossipNodes: settings.number(`${group}.gossip_nodes`),
    probeIntervalMs: settings.durationMs(`${group}.probe_interval`),
    probeTimeoutMs: settings.durationMs(`${group}.probe_timeout`),
    retransmitMult: settings.number(`${group}.retransmit_mult`),
    suspicionMult: settings.number(`${group}.suspicion_mult`),
  };
}

/** Certificates and what they are asked for. */
function tlsConfig(settings: Settings): TlsConfig {
  const verifyIncoming = settings.flag('verify_incoming');
  const verifyServerHostname = settings.flag('verify_server_hostname');
  const suites = settings.text('tls_cipher_suites').split(',');
  return {
    caFile: settings.text('ca_file'),
    caPath: settings.text('ca_path'),
    certFile: settings.text('cert_file'),
    keyFile: settings.text('key_file'),
    verifyIncomingRpc: verifyIncoming || settings.flag('verify_incoming_rpc'),
    verifyIncomingHttps: verifyIncoming || settings.flag('verify_incoming_https'),
    // A name can be verified on TLS alone (CVE-2018-19653).
    verifyOutgoing: verifyServerHostname || settings.flag('verify_outgoing'),
    verifyServerHostname,
    minVersion: settings.text('tls_min_version') as TlsConfig['minVersion'],
    cipherSuites: suites.map((name) => name.trim()).filter((name) => name !== ''),
    preferServerCipherSuites: settings.flag('tls_prefer_server_cipher_suites'),
    serverName: settings.text('server_name'),
    agentTlsForChecks: settings.flag('enable_agent_tls_for_checks'),
  };
}

/** A token is resolved with its policies and roles: the shortest time holds; 0 of roles is unset. */
function tokenTtl(settings: Settings): number {
  const [token, policy, role] = ['token', 'policy', 'role'].map((what) =>
    settings.durationMs(`acl.${what}_ttl`),
  ) as [number, number, number];
  return Math.min(token, policy, role || token);
}

/** Keys, tokens and certificates. */
export function secretsConfig(
  settings: Settings,
): Pick<RuntimeConfig, 'encryptKey' | 'acl' | 'aclTokens' | 'tls'> {
  return {
    encryptKey: settings.text('encrypt'),
    acl: {
      enabled: settings.flag('acl.enabled'),
      defaultPolicy: settings.text('acl.default_policy') === 'deny' ? 'deny' : 'allow',
      downPolicy: settings.text('acl.down_policy') as RuntimeConfig['acl']['downPolicy'],
      tokenTtlMs: tokenTtl(settings),
      persistsTokens: settings.flag('acl.enable_token_persistence'),
      masterToken: settings.text('acl.tokens.master'),
    },
    aclTokens: {
      default: settings.text('acl.tokens.default'),
      agent: settings.text('acl.tokens.agent'),
      agentMaster: settings.text('acl.tokens.agent_master'),
      replication: settings.text('acl.tokens.replication'),
    },
    tls: tlsConfig(settings),
  };
}

/** Times and limits that stand alone. */
export function timings(settings: Settings) {
  return {
    limits: {
      kvMaxValueBytes: settings.number('limits.kv_max_value_size'),
      txnMaxRequestBytes: settings.number('limits.txn_max_req_len'),
      rpcMaxConnectionsPerClient: settings.number('limits.rpc_max_conns_per_client'),
      rpcHandshakeTimeoutMs: settings.durationMs('limits.rpc_handshake_timeout'),
    },
    defaultQueryTimeMs: settings.durationMs('default_query_time'),
    maxQueryTimeMs: settings.durationMs('max_query_time'),
    antiEntropyIntervalMs: settings.durationMs('ae_interval'),
    sessionTtlMinMs: settings.durationMs('session_ttl_min') || SESSION_TTL_MIN_DEFAULT_MS,
    rpcHoldTimeoutMs: settings.durationMs('performance.rpc_hold_timeout'),
    leaveDrainTimeMs: settings.durationMs('performance.leave_drain_time'),
    raftMultiplier: settings.number('performance.raft_multiplier'),
    raft: {
      snapshotThreshold:
        settings.number('raft_snapshot_threshold') || RAFT_SNAPSHOT_THRESHOLD_DEFAULT,
      snapshotIntervalMs:
        settings.durationMs('raft_snapshot_interval') || RAFT_SNAPSHOT_INTERVAL_DEFAULT_MS,
      trailingEntries: settings.number('raft_trailing_logs') || RAFT_TRAILING_LOGS_DEFAULT,
    },
    autopilot: {
      cleanupDeadServers: settings.flag('autopilot.cleanup_dead_servers'),
      lastContactThresholdMs: settings.durationMs('autopilot.last_contact_threshold'),
      maxTrailingLogs: settings.number('autopilot.max_trailing_logs'),
      minQuorum: settings.number('autopilot.min_quorum'),
      serverStabilizationMs: settings.durationMs('autopilot.server_stabilization_time'),
    },
    discoveryMaxStaleMs: settings.durationMs('discovery_max_stale'),
  };
}
