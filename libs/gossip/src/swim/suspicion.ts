/** Timeouts of a suspicion, milliseconds. */
export interface SuspicionTimes {
  /** With as many confirmations as are wanted. */
  readonly minMs: number;
  /** Without any. */
  readonly maxMs: number;
  /** Confirmations wanted. */
  readonly wanted: number;
}

/** Timeouts among `nodeCount` nodes (gossip-wire.md 4.3). */
export function suspicionTimes(
  config: {
    readonly suspicionMult: number;
    readonly suspicionMaxTimeoutMult: number;
    readonly probeIntervalMs: number;
  },
  nodeCount: number,
): SuspicionTimes {
  const { suspicionMult, suspicionMaxTimeoutMult, probeIntervalMs } = config;
  const scale = Math.max(1, Math.log10(Math.max(1, nodeCount)));
  const minMs = (suspicionMult * Math.floor(scale * 1000) * probeIntervalMs) / 1000;
  const k = suspicionMult - 2;
  return {
    minMs,
    maxMs: suspicionMaxTimeoutMult * minMs,
    wanted: nodeCount - 2 < k ? 0 : k,
  };
}

/**
 * A suspicion that ends sooner the more members share it (Lifeguard: LHA-Suspicion). Starts long, since the
 * accuser itself may be the slow one.
 */
export class Suspicion {
  readonly node: string;
  readonly incarnation: number;
  private readonly times: SuspicionTimes;
  private readonly startedMs: number;
  private readonly accusers: Set<string>;
  private confirmations = 0;
  private dueMs: number;

  constructor(
    accusation: { readonly node: string; readonly incarnation: number; readonly from: string },
    times: SuspicionTimes,
    nowMs: number,
  ) {
    this.node = accusation.node;
    this.incarnation = accusation.incarnation;
    this.times = times;
    this.startedMs = nowMs;
    this.accusers = new Set([accusation.from]);
    this.dueMs = nowMs + (times.wanted < 1 ? times.minMs : times.maxMs);
  }

  /** When the member is to be declared dead. */
  get deadlineMs(): number {
    return this.dueMs;
  }

  /** Counts an accuser; true when it is a new one that still matters, and others should hear of it. */
  confirm(from: string): boolean {
    const { wanted, minMs, maxMs } = this.times;
    if (this.confirmations >= wanted || this.accusers.has(from)) return false;
    this.accusers.add(from);
    this.confirmations++;
    const share = Math.log(this.confirmations + 1) / Math.log(wanted + 1);
    const timeoutMs = Math.max(minMs, Math.floor(maxMs - (maxMs - minMs) * share));
    this.dueMs = this.startedMs + timeoutMs;
    return true;
  }
}
