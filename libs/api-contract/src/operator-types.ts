import type { RaftIndex } from './catalog-types.ts';

/** A server of the raft configuration, as operators see it. */
export interface RaftServer {
  readonly ID: string;
  /** Name of the member; "(unknown)" where none has this id. */
  readonly Node: string;
  /** host:port of its RPC. */
  readonly Address: string;
  readonly Leader: boolean;
  readonly ProtocolVersion: string;
  readonly Voter: boolean;
}

/** Answer of /v1/operator/raft/configuration. */
export interface RaftConfiguration {
  readonly Servers: readonly RaftServer[];
  /** Index of the log entry that holds the configuration. */
  readonly Index: number;
}

/** What autopilot goes by; replicated. Durations are Go's, such as "200ms". */
export interface AutopilotSettings {
  /** Take failed servers out when enough others remain. */
  readonly CleanupDeadServers: boolean;
  /** A server that heard nothing of the leader for longer is unhealthy. */
  readonly LastContactThreshold: string;
  /** A server more log entries behind the leader is unhealthy. */
  readonly MaxTrailingLogs: number;
  /** Voters that a clean-up must leave. */
  readonly MinQuorum: number;
  /** How long a new server must have been healthy before it gets a vote. */
  readonly ServerStabilizationTime: string;
  /** Of an enterprise feature: kept and shown. */
  readonly RedundancyZoneTag: string;
  /** Of an enterprise feature: kept and shown. */
  readonly DisableUpgradeMigration: boolean;
  /** Of an enterprise feature: kept and shown. */
  readonly UpgradeVersionTag: string;
}

/** Answer of /v1/operator/autopilot/configuration. */
export interface AutopilotConfiguration extends AutopilotSettings, RaftIndex {}

/** Health of a server, as the leader's autopilot sees it. */
export interface ServerHealth {
  readonly ID: string;
  /** "" where no member has this id. */
  readonly Name: string;
  readonly Address: string;
  /** alive, leaving, left, failed or none. */
  readonly SerfStatus: string;
  readonly Version: string;
  readonly Leader: boolean;
  /** Go duration since the leader was heard of; negative for never. */
  readonly LastContact: string;
  readonly LastTerm: number;
  readonly LastIndex: number;
  readonly Healthy: boolean;
  readonly Voter: boolean;
  /** RFC 3339, whole seconds: since when it is healthy, or is not. */
  readonly StableSince: string;
}

/** Answer of /v1/operator/autopilot/health. */
export interface OperatorHealth {
  /** Whether every server is. */
  readonly Healthy: boolean;
  /** Healthy voters that may fail before the cluster stands still. */
  readonly FailureTolerance: number;
  readonly Servers: readonly ServerHealth[];
}

/** What the members of one pool said to a keyring operation. */
export interface KeyringResponse {
  readonly WAN: boolean;
  /** Of the pool; of a WAN pool that of the server which asked. */
  readonly Datacenter: string;
  /** Of an enterprise feature: always "". */
  readonly Segment: string;
  /** Name of a member -> its remark; absent where there is none. */
  readonly Messages?: Readonly<Record<string, string>>;
  /** Base64 of a key -> members that have it. */
  readonly Keys: Readonly<Record<string, number>>;
  /** Base64 of a key -> members that encrypt with it. */
  readonly PrimaryKeys: Readonly<Record<string, number>>;
  /** Members asked. */
  readonly NumNodes: number;
}
