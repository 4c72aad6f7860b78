/** Parts of DebugConfig that show settings of subsystems one to one. */
import { formatDuration } from '@mesh/base';
import type { RuntimeConfig } from '../runtime-config.ts';
import type { Settings } from '../settings/settings.ts';
import { hideSecrets } from './debug-values.ts';

type Shown = Readonly<Record<string, unknown>>;

const HIDDEN = 'hidden';
/** Raft timings at multiplier 1, milliseconds: election, heartbeat, lease. */
const RAFT_MS = { election: 1000, heartbeat: 1000, lease: 500 } as const;
const RAFT_DEV_MS = { election: 52, heartbeat: 35, lease: 20 } as const;

function duration(settings: Settings, name: string): string {
  return formatDuration(settings.durationMs(name));
}

/** `acl.*`; tokens are hidden even where there are none. */
export function debugAcl(
  settings: Settings,
  config: Pick<RuntimeConfig, 'primaryDatacenter'>,
): Shown {
  return {
    ACLAgentMasterToken: HIDDEN,
    ACLAgentToken: HIDDEN,
    ACLDatacenter: config.primaryDatacenter,
    ACLDefaultPolicy: settings.text('acl.default_policy'),
    ACLDisabledTTL: duration(settings, 'acl.disabled_ttl'),
    ACLDownPolicy: settings.text('acl.down_policy'),
    ACLEnableKeyListPolicy: settings.flag('acl.enable_key_list_policy'),
    ACLEnableTokenPersistence: settings.flag('acl.enable_token_persistence'),
    ACLMasterToken: HIDDEN,
    ACLPolicyTTL: duration(settings, 'acl.policy_ttl'),
    ACLReplicationToken: HIDDEN,
    ACLRoleTTL: duration(settings, 'acl.role_ttl'),
    ACLToken: HIDDEN,
    ACLTokenReplication: settings.flag('acl.enable_token_replication'),
    ACLTokenTTL: duration(settings, 'acl.token_ttl'),
    ACLsEnabled: settings.flag('acl.enabled'),
    EncryptKey: HIDDEN,
    EncryptVerifyIncoming: settings.flag('encrypt_verify_incoming'),
    EncryptVerifyOutgoing: settings.flag('encrypt_verify_outgoing'),
  };
}

/** `auto_config` and `auto_encrypt`. */
export function debugAutoConfig(settings: Settings): Shown {
  return {
    AutoConfig: {
      Authorizer: debugAuthorizer(settings),
      DNSSANs: settings.texts('auto_config.dns_sans'),
      Enabled: settings.flag('auto_config.enabled'),
      IPSANs: settings.texts('auto_config.ip_sans'),
      IntroToken: HIDDEN,
      IntroTokenFile: settings.text('auto_config.intro_token_file'),
      ServerAddresses: settings.texts('auto_config.server_addresses'),
    },
    AutoEncryptAllowTLS: settings.flag('auto_encrypt.allow_tls'),
    AutoEncryptDNSSAN: settings.texts('auto_encrypt.dns_san'),
    AutoEncryptIPSAN: settings.texts('auto_encrypt.ip_san'),
    AutoEncryptTLS: settings.flag('auto_encrypt.tls'),
  };
}

const STATIC = 'auto_config.authorization.static';

function debugAuthorizer(settings: Settings): Shown {
  return {
    AllowReuse: settings.flag(`${STATIC}.allow_reuse`),
    AuthMethod: {
      ACLAuthMethodEnterpriseFields: {},
      Config: debugJwt(settings),
      Description: '',
      DisplayName: '',
      EnterpriseMeta: {},
      MaxTokenTTL: '0s',
      Name: 'Auto Config Authorizer',
      RaftIndex: { CreateIndex: 0, ModifyIndex: 0 },
      TokenLocality: '',
      Type: 'jwt',
    },
    ClaimAssertions: settings.texts(`${STATIC}.claim_assertions`),
    Enabled: settings.flag('auto_config.authorization.enabled'),
  };
}

/** Leeways are Go durations as numbers (nanoseconds) here, as in the original. */
function debugJwt(settings: Settings): Shown {
  const orNull = (name: string) => settings.value(`${STATIC}.${name}`) ?? null;
  const nanoseconds = (name: string) => settings.durationMs(`${STATIC}.${name}`) * 1e6;
  return {
    BoundAudiences: orNull('bound_audiences'),
    BoundIssuer: settings.text(`${STATIC}.bound_issuer`),
    ClaimMappings: orNull('claim_mappings'),
    ClockSkewLeeway: nanoseconds('clock_skew_leeway'),
    ExpirationLeeway: nanoseconds('expiration_leeway'),
    JWKSCACert: settings.text(`${STATIC}.jwks_ca_cert`),
    JWKSURL: settings.text(`${STATIC}.jwks_url`),
    JWTSupportedAlgs: orNull('jwt_supported_algs'),
    JWTValidationPubKeys: orNull('jwt_validation_pub_keys'),
    ListClaimMappings: orNull('list_claim_mappings'),
    NotBeforeLeeway: nanoseconds('not_before_leeway'),
    OIDCDiscoveryCACert: settings.text(`${STATIC}.oidc_discovery_ca_cert`),
    OIDCDiscoveryURL: settings.text(`${STATIC}.oidc_discovery_url`),
  };
}

/** `autopilot.*`. */
export function debugAutopilot(settings: Settings): Shown {
  return {
    AutopilotCleanupDeadServers: settings.flag('autopilot.cleanup_dead_servers'),
    AutopilotDisableUpgradeMigration: settings.flag('autopilot.disable_upgrade_migration'),
    AutopilotLastContactThreshold: duration(settings, 'autopilot.last_contact_threshold'),
    AutopilotMaxTrailingLogs: settings.number('autopilot.max_trailing_logs'),
    AutopilotMinQuorum: settings.number('autopilot.min_quorum'),
    AutopilotRedundancyZoneTag: settings.text('autopilot.redundancy_zone_tag'),
    AutopilotServerStabilizationTime: duration(settings, 'autopilot.server_stabilization_time'),
    AutopilotUpgradeVersionTag: settings.text('autopilot.upgrade_version_tag'),
  };
}

/** `connect.*`, config entries, gateways and the port ranges of sidecars. */
export function debugConnect(settings: Settings): Shown {
  return {
    ConfigEntryBootstrap: hideSecrets(settings.list('config_entries.bootstrap')),
    ConnectCAConfig: hideSecrets(settings.map('connect.ca_config')),
    ConnectCAProvider: settings.text('connect.ca_provider'),
    ConnectEnabled: settings.flag('connect.enabled'),
    ConnectMeshGatewayWANFederationEnabled: settings.flag(
      'connect.enable_mesh_gateway_wan_federation',
    ),
    ConnectSidecarMaxPort: settings.number('ports.sidecar_max_port'),
    ConnectSidecarMinPort: settings.number('ports.sidecar_min_port'),
    ConnectTestCALeafRootChangeSpread: duration(
      settings,
      'connect.test_ca_leaf_root_change_spread',
    ),
    ExposeMaxPort: settings.number('ports.expose_max_port'),
    ExposeMinPort: settings.number('ports.expose_min_port'),
    PrimaryGateways: settings.texts('primary_gateways'),
    PrimaryGatewaysInterval: duration(settings, 'primary_gateways_interval'),
  };
}

/** `gossip_lan` and `gossip_wan`. */
export function debugGossip(settings: Settings): Shown {
  const pool = (title: string, group: string): Shown => ({
    [`Gossip${title}GossipInterval`]: duration(settings, `${group}.gossip_interval`),
    [`Gossip${title}GossipNodes`]: settings.number(`${group}.gossip_nodes`),
    [`Gossip${title}ProbeInterval`]: duration(settings, `${group}.probe_interval`),
    [`Gossip${title}ProbeTimeout`]: duration(settings, `${group}.probe_timeout`),
    [`Gossip${title}RetransmitMult`]: settings.number(`${group}.retransmit_mult`),
    [`Gossip${title}SuspicionMult`]: settings.number(`${group}.suspicion_mult`),
  });
  return { ...pool('LAN', 'gossip_lan'), ...pool('WAN', 'gossip_wan') };
}

/** Raft, RPC and coordinate settings of servers. */
export function debugServerTimes(settings: Settings): Shown {
  const base = settings.dev ? RAFT_DEV_MS : RAFT_MS;
  const multiplier = settings.number('performance.raft_multiplier');
  return {
    ConsulCoordinateUpdateBatchSize: settings.number('consul.coordinate.update_batch_size'),
    ConsulCoordinateUpdateMaxBatches: settings.number('consul.coordinate.update_max_batches'),
    ConsulCoordinateUpdatePeriod: duration(settings, 'consul.coordinate.update_period'),
    ConsulRaftElectionTimeout: formatDuration(base.election * multiplier),
    ConsulRaftHeartbeatTimeout: formatDuration(base.heartbeat * multiplier),
    ConsulRaftLeaderLeaseTimeout: formatDuration(base.lease * multiplier),
    ConsulServerHealthInterval: duration(settings, 'consul.server.health_interval'),
    RPCHandshakeTimeout: duration(settings, 'limits.rpc_handshake_timeout'),
    RPCMaxBurst: settings.number('limits.rpc_max_burst'),
    RPCMaxConnsPerClient: settings.number('limits.rpc_max_conns_per_client'),
    RPCProtocol: settings.number('protocol'),
    RPCRateLimit: settings.number('limits.rpc_rate'),
    RaftProtocol: settings.number('raft_protocol'),
    RaftSnapshotInterval: duration(settings, 'raft_snapshot_interval'),
    RaftSnapshotThreshold: settings.number('raft_snapshot_threshold'),
    RaftTrailingLogs: settings.number('raft_trailing_logs'),
  };
}

/** Certificates and what they are demanded for. */
export function debugTls(settings: Settings): Shown {
  const suites = settings.text('tls_cipher_suites');
  return {
    CAFile: settings.text('ca_file'),
    CAPath: settings.text('ca_path'),
    CertFile: settings.text('cert_file'),
    KeyFile: HIDDEN,
    TLSCipherSuites: suites === '' ? [] : suites.split(','),
    TLSMinVersion: settings.text('tls_min_version'),
    TLSPreferServerCipherSuites: settings.flag('tls_prefer_server_cipher_suites'),
    VerifyIncoming: settings.flag('verify_incoming'),
    VerifyIncomingHTTPS: settings.flag('verify_incoming_https'),
    VerifyIncomingRPC: settings.flag('verify_incoming_rpc'),
    VerifyOutgoing: settings.flag('verify_outgoing'),
    VerifyServerHostname: settings.flag('verify_server_hostname'),
  };
}

/** `telemetry.*`. */
export function debugTelemetry(settings: Settings): Shown {
  const text = (name: string) => settings.text(`telemetry.${name}`);
  const rules = settings.texts('telemetry.prefix_filter');
  const rulesOf = (sign: string) =>
    rules.filter((rule) => rule.startsWith(sign)).map((rule) => rule.slice(1));
  return {
    AllowedPrefixes: rulesOf('+'),
    BlockedPrefixes: rulesOf('-'),
    CirconusAPIApp: text('circonus_api_app'),
    CirconusAPIToken: HIDDEN,
    CirconusAPIURL: text('circonus_api_url'),
    CirconusBrokerID: text('circonus_broker_id'),
    CirconusBrokerSelectTag: text('circonus_broker_select_tag'),
    CirconusCheckDisplayName: text('circonus_check_display_name'),
    CirconusCheckForceMetricActivation: text('circonus_check_force_metric_activation'),
    CirconusCheckID: text('circonus_check_id'),
    CirconusCheckInstanceID: text('circonus_check_instance_id'),
    CirconusCheckSearchTag: text('circonus_check_search_tag'),
    CirconusCheckTags: text('circonus_check_tags'),
    CirconusSubmissionInterval: text('circonus_submission_interval'),
    CirconusSubmissionURL: text('circonus_submission_url'),
    Disable: false,
    DisableHostname: settings.flag('telemetry.disable_hostname'),
    DogstatsdAddr: text('dogstatsd_addr'),
    DogstatsdTags: settings.texts('telemetry.dogstatsd_tags'),
    FilterDefault: settings.flag('telemetry.filter_default'),
    MetricsPrefix: text('metrics_prefix'),
    PrometheusRetentionTime: duration(settings, 'telemetry.prometheus_retention_time'),
    StatsdAddr: text('statsd_address'),
    StatsiteAddr: text('statsite_address'),
  };
}
