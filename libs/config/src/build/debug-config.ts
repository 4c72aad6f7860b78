/** What /v1/agent/self shows as DebugConfig: every effective value, durations as Go writes them. */
import { formatDuration } from '@mesh/base';
import type { ListenAddress, RuntimeConfig } from '../runtime-config.ts';
import type { Settings } from '../settings/settings.ts';
import { type Addresses, hostPort } from './addresses.ts';
import {
  debugAcl,
  debugAutoConfig,
  debugAutopilot,
  debugConnect,
  debugGossip,
  debugServerTimes,
  debugTelemetry,
  debugTls,
} from './debug-parts.ts';
import { hideSecrets, hideTokensInText, showCheck, showService } from './debug-values.ts';
import { uiContentPath } from './slices.ts';

type Config = Omit<RuntimeConfig, 'debugConfig'>;
type Shown = Readonly<Record<string, unknown>>;

/** All keys in the order of the original's answer, which is alphabetical; secrets are 'hidden'. */
export function debugConfig(settings: Settings, config: Config, addresses: Addresses): Shown {
  const all: Shown = {
    ...debugAcl(settings, config),
    ...debugAutoConfig(settings),
    ...debugAutopilot(settings),
    ...debugConnect(settings),
    ...debugGossip(settings),
    ...debugServerTimes(settings),
    ...debugTls(settings),
    ...addressPart(config, addresses),
    ...identityPart(settings, config),
    ...agentPart(settings, config),
    ...dnsPart(settings, config),
    ...httpPart(settings, config, addresses),
    ...joinPart(settings, config),
    ...definitionsPart(settings, config),
    Logging: loggingPart(settings, config),
    Telemetry: debugTelemetry(settings),
    Cache: {
      EntryFetchMaxBurst: settings.number('cache.entry_fetch_max_burst'),
      EntryFetchRate: settings.value('cache.entry_fetch_rate') ?? Number.MAX_VALUE,
    },
    EnterpriseRuntimeConfig: {},
  };
  return Object.fromEntries(
    Object.entries(all).sort((left, right) => (left[0] < right[0] ? -1 : 1)),
  );
}

function addressPart(config: Config, addresses: Addresses): Shown {
  const tcp = (host: string, port: number) => (port > 0 ? `tcp://${hostPort(host, port)}` : '');
  const { ports } = config;
  return {
    AdvertiseAddrLAN: config.advertiseLan,
    AdvertiseAddrWAN: config.advertiseWan,
    BindAddr: config.bindAddress,
    ClientAddrs: config.clientAddresses,
    DNSAddrs: [...listenTexts(addresses.dns), ...listenTexts(addresses.dns, 'udp')],
    DNSPort: ports.dns,
    GRPCAddrs: listenTexts(addresses.grpc),
    GRPCPort: ports.grpc,
    HTTPAddrs: listenTexts(addresses.http),
    HTTPPort: ports.http,
    HTTPSAddrs: listenTexts(addresses.https),
    HTTPSPort: ports.https,
    RPCAdvertiseAddr: tcp(config.advertiseLan, ports.server),
    RPCBindAddr: tcp(config.bindAddress, ports.server),
    SerfAdvertiseAddrLAN: tcp(config.advertiseLan, ports.serfLan),
    SerfAdvertiseAddrWAN: tcp(config.advertiseWan, ports.serfWan),
    SerfBindAddrLAN: tcp(addresses.serfLanBind, ports.serfLan),
    SerfBindAddrWAN: tcp(addresses.serfWanBind, ports.serfWan),
    SerfPortLAN: ports.serfLan,
    SerfPortWAN: ports.serfWan,
    ServerPort: ports.server,
    TaggedAddresses: config.taggedAddresses,
  };
}

function listenTexts(list: readonly ListenAddress[], scheme = 'tcp'): readonly string[] {
  return list.map((one) =>
    one.kind === 'unix' ? `unix://${one.path}` : `${scheme}://${hostPort(one.host, one.port)}`,
  );
}

function identityPart(settings: Settings, config: Config): Shown {
  return {
    Bootstrap: config.bootstrap,
    BootstrapExpect: config.bootstrapExpect,
    DataDir: config.dataDir,
    Datacenter: config.datacenter,
    DevMode: config.dev,
    NodeID: config.nodeId,
    NodeMeta: config.nodeMeta,
    NodeName: config.nodeName,
    NonVotingServer: settings.flag('non_voting_server'),
    PrimaryDatacenter: config.primaryDatacenter,
    Revision: '',
    SegmentLimit: settings.number('segment_limit'),
    SegmentName: config.segment,
    SegmentNameLimit: settings.number('segment_name_limit'),
    Segments: settings.list('segments'),
    ServerMode: config.server,
    ServerName: settings.text('server_name'),
    Version: settings.text('version'),
    VersionPrerelease: settings.text('version_prerelease'),
  };
}

function agentPart(settings: Settings, config: Config): Shown {
  const { checkSettings } = config;
  return {
    AEInterval: formatDuration(config.antiEntropyIntervalMs),
    CheckDeregisterIntervalMin: formatDuration(checkSettings.deregisterIntervalMinMs),
    CheckOutputMaxSize: checkSettings.outputMaxBytes,
    CheckReapInterval: formatDuration(checkSettings.reapIntervalMs),
    CheckUpdateInterval: formatDuration(checkSettings.updateIntervalMs),
    DefaultQueryTime: formatDuration(config.defaultQueryTimeMs),
    DisableAnonymousSignature: settings.flag('disable_anonymous_signature'),
    DisableCoordinates: config.disableCoordinates,
    DisableHostNodeID: settings.flag('disable_host_node_id'),
    DisableKeyringFile: settings.flag('disable_keyring_file'),
    DisableRemoteExec: config.disableRemoteExec,
    DisableUpdateCheck: settings.flag('disable_update_check'),
    DiscardCheckOutput: checkSettings.discardOutput,
    DiscoveryMaxStale: formatDuration(config.discoveryMaxStaleMs),
    EnableAgentTLSForChecks: config.tls.agentTlsForChecks,
    EnableCentralServiceConfig: settings.flag('enable_central_service_config'),
    EnableDebug: config.enableDebug,
    EnableLocalScriptChecks: settings.flag('enable_local_script_checks'),
    EnableRemoteScriptChecks: checkSettings.enableRemoteScripts,
    KVMaxValueSize: config.limits.kvMaxValueBytes,
    LeaveDrainTime: formatDuration(config.leaveDrainTimeMs),
    LeaveOnTerm: config.leaveOnTerminate,
    MaxQueryTime: formatDuration(config.maxQueryTimeMs),
    PidFile: config.pidFile,
    RPCHoldTimeout: formatDuration(config.rpcHoldTimeoutMs),
    SessionTTLMin: formatDuration(settings.durationMs('session_ttl_min')),
    SkipLeaveOnInt: config.skipLeaveOnInterrupt,
    SyncCoordinateIntervalMin: formatDuration(settings.durationMs('sync_coordinate_interval_min')),
    SyncCoordinateRateTarget: settings.number('sync_coordinate_rate_target'),
    TranslateWANAddrs: config.translateWanAddresses,
    TxnMaxReqLen: config.limits.txnMaxRequestBytes,
  };
}

function dnsPart(settings: Settings, config: Config): Shown {
  const { dns } = config;
  const ttls = Object.entries(dns.serviceTtlMs).map(([name, ms]) => [name, formatDuration(ms)]);
  return {
    DNSARecordLimit: dns.aRecordLimit,
    DNSAllowStale: dns.allowStale,
    DNSAltDomain: dns.altDomain,
    DNSCacheMaxAge: formatDuration(settings.durationMs('dns_config.cache_max_age')),
    DNSDisableCompression: dns.disableCompression,
    DNSDomain: dns.domain,
    DNSEnableTruncate: dns.enableTruncate,
    DNSMaxStale: formatDuration(dns.maxStaleMs),
    DNSNodeMetaTXT: dns.nodeMetaTxt,
    DNSNodeTTL: formatDuration(dns.nodeTtlMs),
    DNSOnlyPassing: dns.onlyPassing,
    DNSRecursorTimeout: formatDuration(dns.recursorTimeoutMs),
    DNSRecursors: dns.recursors,
    DNSSOA: {
      Expire: dns.soa.expireS,
      Minttl: dns.soa.minTtlS,
      Refresh: dns.soa.refreshS,
      Retry: dns.soa.retryS,
    },
    DNSServiceTTL: Object.fromEntries(ttls),
    DNSUDPAnswerLimit: dns.udpAnswerLimit,
    DNSUseCache: settings.flag('dns_config.use_cache'),
  };
}

function httpPart(settings: Settings, config: Config, addresses: Addresses): Shown {
  const { http } = config;
  return {
    AllowWriteHTTPFrom: http.allowWriteFrom,
    DisableHTTPUnprintableCharFilter: http.disableUnprintableCharFilter,
    EnableUI: http.ui,
    HTTPBlockEndpoints: http.blockEndpoints,
    HTTPMaxConnsPerClient: http.maxConnectionsPerClient,
    HTTPResponseHeaders: http.responseHeaders,
    HTTPSHandshakeTimeout: formatDuration(settings.durationMs('limits.https_handshake_timeout')),
    HTTPUseCache: http.useCache,
    HTTPSAddrs: listenTexts(addresses.https),
    UIContentPath: uiContentPath(settings),
    UIDir: http.uiDir,
    UnixSocketGroup: http.unixSocket.group,
    UnixSocketMode: http.unixSocket.mode,
    UnixSocketUser: http.unixSocket.user,
  };
}

function joinPart(settings: Settings, config: Config): Shown {
  const { join } = config;
  return {
    ReconnectTimeoutLAN: formatDuration(settings.durationMs('reconnect_timeout')),
    ReconnectTimeoutWAN: formatDuration(settings.durationMs('reconnect_timeout_wan')),
    RejoinAfterLeave: settings.flag('rejoin_after_leave'),
    RetryJoinIntervalLAN: formatDuration(join.retryIntervalMs),
    RetryJoinIntervalWAN: formatDuration(settings.durationMs('retry_interval_wan')),
    RetryJoinLAN: join.retryLan.map(hideTokensInText),
    RetryJoinMaxAttemptsLAN: join.retryMaxAttempts,
    RetryJoinMaxAttemptsWAN: settings.number('retry_max_wan'),
    RetryJoinWAN: join.retryWan.map(hideTokensInText),
    SerfAllowedCIDRsLAN: settings.texts('serf_lan_allowed_cidrs'),
    SerfAllowedCIDRsWAN: settings.texts('serf_wan_allowed_cidrs'),
    StartJoinAddrsLAN: join.startLan,
    StartJoinAddrsWAN: join.startWan,
  };
}

function definitionsPart(settings: Settings, config: Config): Shown {
  return {
    Checks: config.checks.map(showCheck),
    Services: config.services.map(showService),
    Watches: hideSecrets(settings.list('watches')),
  };
}

function loggingPart(settings: Settings, config: Config): Shown {
  const { log } = config;
  return {
    EnableSyslog: log.syslog,
    LogFilePath: log.file,
    LogJSON: log.json,
    LogLevel: settings.text('log_level').toUpperCase(),
    LogRotateBytes: log.rotateBytes,
    LogRotateDuration: formatDuration(settings.durationMs('log_rotate_duration')),
    LogRotateMaxFiles: log.rotateMaxFiles,
    Name: '',
    SyslogFacility: log.syslogFacility,
  };
}
