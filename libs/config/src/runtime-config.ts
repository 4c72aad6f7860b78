import type { CheckDefinition, ServiceDefinition } from '@mesh/api-contract';
import type { LogLevel } from '@mesh/base';
import type { NewConfigEntry } from '@mesh/config-entry';

/** An address to listen on or to dial. */
export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** DNS answers; `dns_config` and neighbours. */
export interface DnsConfig {
  /** With a trailing dot, lower case. */
  readonly domain: string;
  /** "" when none; else with a trailing dot. */
  readonly altDomain: string;
  readonly listen: readonly ListenAddress[];
  readonly allowStale: boolean;
  readonly maxStaleMs: number;
  readonly nodeTtlMs: number;
  /** Service name, `prefix*` or `*` -> TTL. */
  readonly serviceTtlMs: Readonly<Record<string, number>>;
  readonly onlyPassing: boolean;
  readonly enableTruncate: boolean;
  readonly udpAnswerLimit: number;
  readonly aRecordLimit: number;
  readonly disableCompression: boolean;
  readonly nodeMetaTxt: boolean;
  readonly recursors: readonly string[];
  readonly recursorTimeoutMs: number;
  readonly soa: {
    readonly refreshS: number;
    readonly retryS: number;
    readonly expireS: number;
    readonly minTtlS: number;
  };
}

export interface HttpConfig {
  readonly listen: readonly ListenAddress[];
  readonly https: HttpsConfig;
  readonly blockEndpoints: readonly string[];
  readonly responseHeaders: Readonly<Record<string, string>>;
  /** CIDRs; empty allows all. */
  readonly allowWriteFrom: readonly string[];
  readonly useCache: boolean;
  readonly maxConnectionsPerClient: number;
  readonly disableUnprintableCharFilter: boolean;
  /** Indent every JSON answer (-dev). */
  readonly alwaysPretty: boolean;
  readonly ui: boolean;
  /** Begins and ends with a slash. */
  readonly uiContentPath: string;
  readonly uiDir: string;
  readonly unixSocket: { readonly user: string; readonly group: string; readonly mode: string };
}

/** The HTTPS listener; `ports.https`, `addresses.https`. */
export interface HttpsConfig {
  /** Empty without HTTPS. */
  readonly listen: readonly ListenAddress[];
  readonly handshakeTimeoutMs: number;
  readonly tls: TlsConfig;
}

/** Certificates of the agent and what it asks of others'. Files are '' where there are none. */
export interface TlsConfig {
  readonly caFile: string;
  readonly caPath: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** Only clients with a certificate of the authorities: to RPC (verify_incoming, verify_incoming_rpc). */
  readonly verifyIncomingRpc: boolean;
  /** And to HTTPS (verify_incoming, verify_incoming_https). */
  readonly verifyIncomingHttps: boolean;
  /** RPC to servers goes over TLS; verify_server_hostname implies it. */
  readonly verifyOutgoing: boolean;
  /** Servers must have a certificate for server.DATACENTER.DOMAIN. */
  readonly verifyServerHostname: boolean;
  readonly minVersion: 'tls10' | 'tls11' | 'tls12';
  /** In the names of the RFCs; empty for those of the program. */
  readonly cipherSuites: readonly string[];
  readonly preferServerCipherSuites: boolean;
  /** '' for the name of the node. */
  readonly serverName: string;
  /** HTTPS and gRPC checks show this agent's certificate. */
  readonly agentTlsForChecks: boolean;
}

export interface LogConfig {
  readonly level: LogLevel;
  readonly json: boolean;
  /** "" for none; ends with / for a folder. */
  readonly file: string;
  readonly rotateBytes: number;
  readonly rotateDurationMs: number;
  readonly rotateMaxFiles: number;
  readonly syslog: boolean;
  readonly syslogFacility: string;
}

export interface CheckSettings {
  readonly enableRemoteScripts: boolean;
  readonly enableLocalScripts: boolean;
  readonly updateIntervalMs: number;
  readonly outputMaxBytes: number;
  readonly discardOutput: boolean;
  /** Floor of deregister_critical_service_after. */
  readonly deregisterIntervalMinMs: number;
  readonly reapIntervalMs: number;
}

/** One pool of agents: `gossip_lan` or `gossip_wan` with what belongs to it. */
export interface GossipPoolConfig {
  /** Address to listen on, UDP and TCP; may be 0.0.0.0 or ::. */
  readonly bindAddress: string;
  /** Networks that members may come from; empty allows all. */
  readonly allowedCidrs: readonly string[];
  readonly gossipIntervalMs: number;
  readonly gossipNodes: number;
  readonly probeIntervalMs: number;
  readonly probeTimeoutMs: number;
  readonly retransmitMult: number;
  readonly suspicionMult: number;
  /** Failed members are kept and tried again for so long. */
  readonly reconnectTimeoutMs: number;
}

/** A `watches` entry or the flags of `consul watch`. */
export interface WatchDefinition {
  readonly type: string;
  readonly handlerType: 'script' | 'http';
  readonly args: readonly string[];
  readonly httpHandler: Readonly<Record<string, unknown>> | undefined;
  readonly datacenter: string;
  readonly token: string;
  /** Type-specific keys: key, prefix, service, tag, passingonly, state, name. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * The effective configuration of an agent: merged, checked against itself, frozen. Durations are
 * milliseconds. Built by `loadConfig`; passed on in slices.
 */
export interface RuntimeConfig {
  readonly dev: boolean;
  readonly server: boolean;
  readonly bootstrap: boolean;
  readonly bootstrapExpect: number;
  readonly nodeName: string;
  readonly nodeId: string;
  readonly datacenter: string;
  readonly primaryDatacenter: string;
  readonly nodeMeta: Readonly<Record<string, string>>;
  readonly taggedAddresses: Readonly<Record<string, string>>;
  readonly segment: string;
  /** "" under -dev. */
  readonly dataDir: string;
  readonly bindAddress: string;
  readonly advertiseLan: string;
  readonly advertiseWan: string;
  readonly clientAddresses: readonly string[];
  readonly ports: {
    readonly server: number;
    readonly serfLan: number;
    readonly serfWan: number;
    readonly http: number;
    readonly https: number;
    readonly grpc: number;
    readonly dns: number;
  };
  /** Ports that sidecars without one of their own get; 0 for none. */
  readonly sidecarPorts: { readonly min: number; readonly max: number };
  readonly dns: DnsConfig;
  readonly http: HttpConfig;
  readonly log: LogConfig;
  readonly checkSettings: CheckSettings;
  readonly services: readonly ServiceDefinition[];
  readonly checks: readonly CheckDefinition[];
  readonly watches: readonly WatchDefinition[];
  readonly limits: {
    readonly kvMaxValueBytes: number;
    readonly txnMaxRequestBytes: number;
    /** 0 for no limit. */
    readonly rpcMaxConnectionsPerClient: number;
    /** 0 for no limit. */
    readonly rpcHandshakeTimeoutMs: number;
  };
  readonly defaultQueryTimeMs: number;
  readonly maxQueryTimeMs: number;
  readonly antiEntropyIntervalMs: number;
  readonly sessionTtlMinMs: number;
  readonly rpcHoldTimeoutMs: number;
  readonly leaveDrainTimeMs: number;
  readonly raftMultiplier: number;
  readonly raft: {
    readonly snapshotThreshold: number;
    readonly snapshotIntervalMs: number;
    readonly trailingEntries: number;
  };
  /** What a new cluster's autopilot starts with; afterwards the replicated settings count. */
  readonly autopilot: {
    readonly cleanupDeadServers: boolean;
    readonly lastContactThresholdMs: number;
    readonly maxTrailingLogs: number;
    readonly minQuorum: number;
    readonly serverStabilizationMs: number;
  };
  readonly leaveOnTerminate: boolean;
  readonly skipLeaveOnInterrupt: boolean;
  readonly pidFile: string;
  readonly disableCoordinates: boolean;
  readonly disableRemoteExec: boolean;
  readonly enableDebug: boolean;
  readonly connectEnabled: boolean;
  /** The certificate authority that a first server makes. */
  readonly connectCa: {
    readonly provider: string;
    readonly settings: Readonly<Record<string, unknown>>;
  };
  /** Registrations of proxies are filled from the central configuration. */
  readonly centralServiceConfig: boolean;
  /** Entries of the central configuration that a server stores where there are none of their names. */
  readonly configEntries: readonly NewConfigEntry[];
  readonly translateWanAddresses: boolean;
  readonly discoveryMaxStaleMs: number;
  readonly telemetry: {
    readonly prometheusRetentionMs: number;
    readonly metricsPrefix: string;
    readonly disableHostname: boolean;
    readonly filterDefault: boolean;
    /** `+prefix` or `-prefix`. */
    readonly prefixFilter: readonly string[];
    readonly statsdAddress: string;
    readonly statsiteAddress: string;
    readonly dogstatsdAddress: string;
    readonly dogstatsdTags: readonly string[];
  };
  readonly join: {
    readonly startLan: readonly string[];
    readonly startWan: readonly string[];
    readonly retryLan: readonly string[];
    readonly retryWan: readonly string[];
    readonly retryIntervalMs: number;
    readonly retryMaxAttempts: number;
    readonly retryIntervalWanMs: number;
    readonly retryMaxAttemptsWan: number;
    /** Go back to the members of old although this agent left them. */
    readonly rejoinAfterLeave: boolean;
  };
  readonly gossip: {
    readonly lan: GossipPoolConfig;
    readonly wan: GossipPoolConfig;
    /** Plain gossip is refused where there are keys. */
    readonly verifyIncoming: boolean;
    /** Gossip is encrypted where there are keys. */
    readonly verifyOutgoing: boolean;
    /** Keys live in memory alone. */
    readonly disableKeyringFile: boolean;
  };
  /** Gossip key, base64; "" for none. */
  readonly encryptKey: string;
  readonly acl: {
    readonly enabled: boolean;
    readonly defaultPolicy: 'allow' | 'deny';
    readonly downPolicy: 'allow' | 'deny' | 'extend-cache' | 'async-cache';
    /** How long an agent believes what a token is good for, milliseconds: token_ttl, policy_ttl where shorter. */
    readonly tokenTtlMs: number;
    /** Tokens set over the API are kept in data_dir. */
    readonly persistsTokens: boolean;
    /** Secret of the management token that servers create; '' for none. */
    readonly masterToken: string;
  };
  readonly aclTokens: {
    readonly default: string;
    readonly agent: string;
    readonly agentMaster: string;
    readonly replication: string;
  };
  readonly tls: TlsConfig;
  /** Lines to log at WARN once the agent starts: ignored files, keys whose capability comes later. */
  readonly warnings: readonly string[];
  /** What /v1/agent/self shows as DebugConfig: every effective value, secrets hidden. */
  readonly debugConfig: Readonly<Record<string, unknown>>;
}
