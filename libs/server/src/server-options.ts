import type { Fallback } from '@mesh/acl';
import type { LoginVerifier } from '@mesh/acl-system';
import type { Logger, Metrics, Platform } from '@mesh/base';
import type { NewConfigEntry } from '@mesh/config-entry';
import type { Certifier, ConfigureArgs } from '@mesh/connect-ca';
import type {
  Keyrings,
  Membership,
  PoolCoordinates,
  PoolEvents,
  ServerRouter,
} from '@mesh/membership';
import type { AutopilotLimits } from '@mesh/operator';
import type {
  Consensus,
  LogStore,
  RaftLimits,
  RaftNodeOptions,
  RaftTiming,
  SnapshotStore,
  Transport,
} from '@mesh/raft';
import type { CallClient } from '@mesh/rpc';

/** What gossip gives a server besides the members. */
export interface ServerPools {
  /** Finds servers of this and other datacenters. */
  readonly router: ServerRouter;
  /** User events of the LAN pool. */
  readonly events: PoolEvents;
  readonly keyrings: Keyrings;
  readonly coordinates: PoolCoordinates;
}

/** What a server is made of; built by a composition root. */
export interface ServerOptions {
  readonly nodeId: string;
  readonly nodeName: string;
  readonly datacenter: string;
  /** host:port by which the other servers reach this one's RPC port. */
  readonly rpcAddress: string;
  /** -bootstrap. */
  readonly bootstrap: boolean;
  /** -bootstrap-expect; 0 joins a cluster that is there. */
  readonly bootstrapExpect: number;
  /** -dev: starts a cluster of its own without a word of it. @default false */
  readonly startAlone?: boolean;
  readonly membership: Membership & ServerPools;
  /** Calls the RPC port of other servers. */
  readonly calls: CallClient;
  /** Closed when the server stops, as consensus owns it. */
  readonly logStore: LogStore;
  readonly snapshots: SnapshotStore;
  readonly transport: Transport;
  readonly timing: RaftTiming;
  /** @default those of RaftNode */
  readonly raftLimits?: Partial<RaftLimits>;
  /** @default RaftNode of these options */
  readonly createConsensus?: (options: RaftNodeOptions) => Consensus;
  /** What autopilot goes by in a cluster that has no configuration of it yet. @default DEFAULT_LIMITS */
  readonly autopilot?: AutopilotLimits;
  readonly platform: Platform;
  readonly metrics: Metrics;
  /** Named agent.server. */
  readonly logger: Logger;
  /** Runs a callback once the input of the present turn has been read (setImmediate). */
  readonly defer: (callback: () => void) => void;
  /** How long requests wait for a leader, milliseconds (performance.rpc_hold_timeout). */
  readonly holdTimeoutMs: number;
  readonly defaultQueryTimeMs: number;
  readonly maxQueryTimeMs: number;
  /** Shortest session TTL, milliseconds. */
  readonly sessionTtlMinMs: number;
  /** Longest that a graceful leave may take, milliseconds (performance.leave_drain_time). */
  readonly leaveDrainTimeMs: number;
  /**
   * Datacenter whose authority, intentions and configuration entries hold here too. @default this one
   */
  readonly primaryDatacenter?: string;
  /** Entries of the central configuration that are stored where there are none of their names. @default none */
  readonly configEntries?: readonly NewConfigEntry[];
  /** Undefined where ACLs are off. */
  readonly acl?: {
    readonly defaultPolicy: Fallback;
    /** acl.tokens.master; '' for none. */
    readonly masterSecret: string;
    readonly verifier: LoginVerifier;
    /** Index in the file that allows another bootstrap; 0 for none. */
    readonly bootstrapResetIndex: () => number;
  };
  /** The certificate authority of the service mesh; undefined where the mesh is off. */
  readonly authority?: {
    readonly certifier: Certifier;
    readonly initial: ConfigureArgs;
  };
}
