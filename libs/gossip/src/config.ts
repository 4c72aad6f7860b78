/** Timings and sizes of a pool (gossip-wire.md 4.6); times in milliseconds. */
export interface GossipConfig {
  /** Between two probes of one member by one other. Lower finds failures sooner and sends more. */
  readonly probeIntervalMs: number;
  /** Wait for a direct ack before others are asked to try. About the 99th percentile of round trips. */
  readonly probeTimeoutMs: number;
  /** Members asked to probe indirectly. */
  readonly indirectChecks: number;
  /** A suspect has suspicionMult * log10(n) * probeIntervalMs at least to refute. */
  readonly suspicionMult: number;
  /** Longest suspicion, as a multiple of the shortest (Lifeguard). */
  readonly suspicionMaxTimeoutMult: number;
  /** Bound of the health score (Lifeguard). */
  readonly awarenessMaxMultiplier: number;
  /** A broadcast is sent retransmitMult * ceil(log10(n + 1)) times. */
  readonly retransmitMult: number;
  readonly gossipIntervalMs: number;
  /** Members that each gossip round goes to. */
  readonly gossipNodes: number;
  /** The dead hear gossip for so long, so that they can refute. */
  readonly gossipToTheDeadMs: number;
  /** Between two full exchanges, for up to 32 members; scaled by log2 above. 0 is never. */
  readonly pushPullIntervalMs: number;
  /** A name whose member is dead may be taken by another address after this; 0 is never. */
  readonly deadNodeReclaimMs: number;
  /** Deadline of a stream. */
  readonly tcpTimeoutMs: number;
  /** Largest datagram, before encryption is subtracted, bytes. */
  readonly packetBytes: number;
  readonly compression: boolean;

  // The layer of serf.
  /** Between two looks for members to forget. */
  readonly reapIntervalMs: number;
  /** Between two attempts to reach a failed member again. */
  readonly reconnectIntervalMs: number;
  /** Failed members are kept and retried for so long. */
  readonly reconnectTimeoutMs: number;
  /** Members that left are kept for so long. */
  readonly tombstoneTimeoutMs: number;
  /** Intents about members that are not known yet are kept for so long. */
  readonly recentIntentMs: number;
  /** Longest wait for a message of one's leave to be sent. */
  readonly broadcastTimeoutMs: number;
  /** Wait after a leave, so that the others have heard of it. */
  readonly leavePropagateMs: number;
  /** Between two prunings of the queues. */
  readonly queueCheckIntervalMs: number;
  /** Queued broadcasts of a kind; more when there are more than half as many members. */
  readonly maxQueueDepth: number;
}

const SERF = {
  reapIntervalMs: 15_000,
  reconnectIntervalMs: 30_000,
  reconnectTimeoutMs: 72 * 3_600_000,
  tombstoneTimeoutMs: 24 * 3_600_000,
  recentIntentMs: 300_000,
  broadcastTimeoutMs: 5000,
  leavePropagateMs: 3000,
  queueCheckIntervalMs: 30_000,
  maxQueueDepth: 4096,
} as const;

/** Agents of one datacenter. */
export const LAN_CONFIG: GossipConfig = {
  ...SERF,
  probeIntervalMs: 1000,
  probeTimeoutMs: 500,
  indirectChecks: 3,
  suspicionMult: 4,
  suspicionMaxTimeoutMult: 6,
  awarenessMaxMultiplier: 8,
  retransmitMult: 4,
  gossipIntervalMs: 200,
  gossipNodes: 3,
  gossipToTheDeadMs: 30_000,
  pushPullIntervalMs: 30_000,
  deadNodeReclaimMs: 30_000,
  tcpTimeoutMs: 10_000,
  packetBytes: 1400,
  compression: true,
};

/** Servers of several datacenters: slow links, few members. */
export const WAN_CONFIG: GossipConfig = {
  ...LAN_CONFIG,
  probeIntervalMs: 5000,
  probeTimeoutMs: 3000,
  suspicionMult: 6,
  gossipIntervalMs: 500,
  gossipToTheDeadMs: 60_000,
  pushPullIntervalMs: 60_000,
  tcpTimeoutMs: 30_000,
};

/** `agent -dev`: everything on one machine. */
export const DEV_CONFIG: GossipConfig = {
  ...LAN_CONFIG,
  probeIntervalMs: 100,
  probeTimeoutMs: 100,
  suspicionMult: 3,
  gossipIntervalMs: 100,
};
