import { type Component, type Logger, MeshError, type Platform, type Timer } from '@mesh/base';
import type { LocalState } from '../local-state/local-state.ts';
import type { CatalogLink } from './catalog-link.ts';

/** Cluster size up to which the interval is the configured one. */
const SCALE_THRESHOLD_NODES = 128;
/** First and longest wait after a failure, milliseconds. */
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 15_000;
/** Agents that waited for a server spread over this when one comes, milliseconds. */
const SERVER_UP_MS = 1000;
/** Writes under way at a time: enough to fill a batch of the log, few enough to leave room. */
const CONCURRENCY = 16;

/**
 * Time between full comparisons: grows with the logarithm of the cluster, so that the load on the
 * servers does not grow with its size (the original's scale factor).
 */
export function scaledIntervalMs(intervalMs: number, nodes: number): number {
  if (nodes <= SCALE_THRESHOLD_NODES) return intervalMs;
  const factor = Math.ceil(Math.log2(nodes) - Math.log2(SCALE_THRESHOLD_NODES)) + 1;
  return factor * intervalMs;
}

export interface SyncerOptions {
  readonly state: LocalState;
  readonly link: CatalogLink;
  readonly platform: Platform;
  readonly logger: Logger;
  /** Time between full comparisons, milliseconds, before scaling and jitter. */
  readonly intervalMs: number;
  /** Members of the cluster. */
  clusterSize(): number;
  /** Tells that servers came or went. Returns an unsubscriber. */
  onServers(listener: () => void): () => void;
}

/**
 * Anti-entropy: every change of the local state goes to the catalog at once (those of one tick
 * together), and now and then everything is compared. One run at a time. What fails is tried again
 * with growing waits; what the catalog refuses as invalid only with the next comparison.
 */
export class Syncer implements Component {
  readonly name = 'anti-entropy';
  private readonly options: SyncerOptions;
  private unsubscribe: (() => void) | undefined;
  private unsubscribeServers: (() => void) | undefined;
  private running: Promise<void> | undefined;
  private fullTimer: Timer | undefined;
  private retryTimer: Timer | undefined;
  private retryMs = RETRY_MIN_MS;
  private wantsFull = false;
  private wantsChanges = false;
  private scheduled = false;
  private active = false;
  private paused = 0;
  private readonly refused = new WeakSet<object>();

  constructor(options: SyncerOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    if (this.active) return;
    this.active = true;
    this.unsubscribe = this.options.state.subscribe(() => this.request('changes'));
    this.unsubscribeServers = this.options.onServers(() => this.hurry());
    this.request('full');
  }

  async stop(): Promise<void> {
    if (!this.active) return;
    this.active = false;
    this.unsubscribe?.();
    this.unsubscribeServers?.();
    this.fullTimer?.cancel();
    this.retryTimer?.cancel();
    // A write that hangs must not hold up the end; its outcome interests nobody any more.
    this.running = undefined;
  }

  /** Holds back runs while many things change (a reload); returns the function that ends it. */
  pause(): () => void {
    this.paused++;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      if (--this.paused === 0 && (this.wantsFull || this.wantsChanges)) this.schedule();
    };
  }

  /** Asks for a run; many requests in one tick make one. */
  request(kind: 'full' | 'changes'): void {
    if (kind === 'full') this.wantsFull = true;
    else this.wantsChanges = true;
    this.schedule();
  }

  /** Resolves when no run is under way or about to be. For tests and for leaving in order. */
  async settled(): Promise<void> {
    do {
      await Promise.resolve();
      await this.running;
    } while (this.scheduled || this.running);
  }

  private schedule(): void {
    if (this.scheduled || this.running || !this.active || this.paused > 0) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      if (!this.active || this.running || this.paused > 0) return;
      this.running = this.run().finally(() => {
        this.running = undefined;
        if (this.wantsFull || this.wantsChanges) this.schedule();
      });
    });
  }

  private async run(): Promise<void> {
    const full = this.wantsFull;
    this.wantsFull = false;
    this.wantsChanges = false;
    try {
      if (full) await this.options.link.compare();
      await this.pushChanges(full);
      this.retryMs = RETRY_MIN_MS;
      if (full) this.armFull();
    } catch (thrown) {
      if (this.active) this.retryLater(MeshError.from(thrown));
    }
  }

  private retryLater(error: MeshError): void {
    const { logger, platform } = this.options;
    logger.warn('failed to sync remote state', { error: error.message });
    this.retryTimer?.cancel();
    const delayMs = this.retryMs * (1 + platform.random.float());
    this.retryMs = Math.min(this.retryMs * 2, RETRY_MAX_MS);
    this.retryIn(delayMs);
  }

  /** Servers are others: what failed may work now, and need not wait as long as it would. */
  private hurry(): void {
    if (!this.retryTimer) return;
    this.retryTimer.cancel();
    this.retryMs = RETRY_MIN_MS;
    this.retryIn(SERVER_UP_MS * this.options.platform.random.float());
  }

  private retryIn(delayMs: number): void {
    this.retryTimer = this.options.platform.timers.after(delayMs, () => {
      this.retryTimer = undefined;
      this.request('full');
    });
  }

  private armFull(): void {
    const { platform, clusterSize, intervalMs } = this.options;
    const scaled = scaledIntervalMs(intervalMs, clusterSize());
    this.fullTimer?.cancel();
    const delayMs = scaled * (1 + platform.random.float());
    this.fullTimer = platform.timers.after(delayMs, () => this.request('full'));
  }

  private async pushChanges(retryRefused: boolean): Promise<void> {
    const { state, link } = this.options;
    const failures: MeshError[] = [];
    const attempt = <T extends object>(value: T, what: string, push: () => Promise<void>) =>
      this.attempt(value, what, push, failures, retryRefused);
    // First, as in the original: the node is known even if a service of it cannot be.
    if (!state.nodeInfoInSync) await this.pushNode();
    const services = [...state.allServices.values()].filter((entry) => !entry.inSync);
    await inParallel(services, (entry) => {
      const push = () => (entry.deleted ? link.dropService(entry) : link.pushService(entry));
      return attempt(entry.service, `service ${entry.service.ID}`, push);
    });
    const checks = [...state.allChecks.values()].filter((entry) => !entry.inSync);
    await inParallel(checks, (entry) => {
      // A service that went just now took its checks along, or one that came brought them.
      if (entry.inSync || state.allChecks.get(entry.check.CheckID) !== entry) return undefined;
      // The catalog takes no check of a service that it has not.
      if (!entry.deleted && state.service(entry.check.ServiceID)?.inSync === false)
        return undefined;
      const push = () => (entry.deleted ? link.dropCheck(entry) : link.pushCheck(entry));
      return attempt(entry.check, `check ${entry.check.CheckID}`, push);
    });
    if (failures.length > 0) throw failures[0];
  }

  /** What the agent's token may not write is left as it is: services with tokens of their own go on. */
  private async pushNode(): Promise<void> {
    const { state, link, logger } = this.options;
    try {
      await link.pushNode();
    } catch (thrown) {
      if (MeshError.from(thrown).code !== 'permission-denied') throw thrown;
      state.nodeInfoInSync = true;
      logger.warn('Node info update blocked by ACLs');
    }
  }

  /** One failure must not keep the other entries from being pushed. */
  private async attempt(
    value: object,
    what: string,
    push: () => Promise<void>,
    failures: MeshError[],
    retryRefused: boolean,
  ): Promise<void> {
    if (!this.active || failures.length > 0) return;
    if (this.refused.has(value) && !retryRefused) return;
    try {
      await push();
    } catch (thrown) {
      const error = MeshError.from(thrown);
      if (!isRefusal(error)) {
        failures.push(error);
        return;
      }
      if (!this.refused.has(value)) {
        this.options.logger.warn('the catalog refuses an entry', { what, error: error.message });
      }
      this.refused.add(value);
    }
  }
}

/** Trying again will not help before something changes. */
function isRefusal({ code }: MeshError): boolean {
  return code === 'invalid-argument' || code === 'permission-denied' || code === 'too-large';
}

async function inParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<void> | undefined,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length) await work(items[next++]!);
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, worker));
}
