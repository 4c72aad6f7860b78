import { type Component, type Logger, MeshError, type Metrics, type Timer } from '@mesh/base';
import type { Membership } from '@mesh/membership';
import {
  type AutopilotLimits,
  assessCluster,
  autopilotConfiguration,
  autopilotSetConfiguration,
  type ClusterHealth,
  type ClusterSample,
  duePromotions,
  dueRemovals,
  limitsOf,
  settingsOf,
  UNKNOWN_HEALTH,
} from '@mesh/operator';
import type { Consensus } from '@mesh/raft';
import type { WriteEndpoint } from '@mesh/resource';
import type { StateStore } from '@mesh/state';
import { hasCode } from '../rpc/wire.ts';
import { operatorMembers, outsiders, type SampleParts, sampleCluster } from './autopilot-sample.ts';

/** How often the health of the servers is looked at, milliseconds. */
const HEALTH_MS = 2000;
/** How often servers are promoted and dead ones taken out, milliseconds. */
const TEND_MS = 10_000;

export interface AutopilotOptions extends SampleParts {
  readonly consensus: Pick<Consensus, 'status' | 'progress' | 'changeConfiguration'>;
  readonly membership: Pick<Membership, 'members' | 'onChange' | 'forceLeave'>;
  readonly store: StateStore;
  /** Writes as the leader, or rejects with `no-leader`. */
  readonly write: <A, R>(endpoint: WriteEndpoint<A, R>, args: A) => Promise<R>;
  /** Makes the raft configuration follow the members. */
  readonly reconcile: () => void;
  /** What a cluster without a configuration gets. */
  readonly initial: AutopilotLimits;
  readonly metrics: Metrics;
  /** Named agent.server.autopilot. */
  readonly logger: Logger;
}

/** One leadership's worth of looking after the servers. */
interface Reign {
  ended: boolean;
  tendedAtMs: number;
  /** Ids of alive servers: a new one is a reason to look for dead ones at once. */
  alive: ReadonlySet<string>;
  /** Ids of servers that had no place in the raft configuration at the last look. */
  outside: readonly string[];
}

/**
 * Leader duty: knows how the servers are, gives stable ones their vote and takes dead ones out of the
 * cluster. Before a configuration is there it writes the first.
 */
export class Autopilot implements Component {
  readonly name = 'autopilot';
  private known: ClusterHealth = UNKNOWN_HEALTH;
  private reign: Reign | undefined;
  private unsubscribe: (() => void) | undefined;
  private timer: Timer | undefined;
  private working = false;
  private again = false;
  private refusal: string | undefined;
  private firstLook: Promise<void> | undefined;
  private readonly options: AutopilotOptions;

  constructor(options: AutopilotOptions) {
    this.options = options;
  }

  /**
   * As it was seen last; a leader that has just been elected looks first. Nothing is known where this
   * server does not lead. Never rejects.
   */
  async health(): Promise<ClusterHealth> {
    await this.firstLook;
    return this.known;
  }

  async start(): Promise<void> {
    if (this.reign) return;
    const { membership, platform } = this.options;
    const tendedAtMs = platform.clock.monotonicMs();
    this.reign = { ended: false, tendedAtMs, alive: this.aliveServers(), outside: [] };
    this.unsubscribe = membership.onChange(() => this.onMembers());
    this.work();
  }

  async stop(): Promise<void> {
    if (this.reign) this.reign.ended = true;
    this.reign = undefined;
    this.known = UNKNOWN_HEALTH;
    this.refusal = undefined;
    this.firstLook = undefined;
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private onMembers(): void {
    const { reign } = this;
    if (!reign) return;
    const alive = this.aliveServers();
    const hasNew = [...alive].some((id) => !reign.alive.has(id));
    reign.alive = alive;
    if (hasNew) this.tendSoon(reign);
  }

  private tendSoon(reign: Reign): void {
    reign.tendedAtMs = Number.NEGATIVE_INFINITY;
    if (this.working) this.again = true;
    else this.schedule(0);
  }

  private aliveServers(): ReadonlySet<string> {
    const { membership, datacenter } = this.options;
    const members = operatorMembers(membership, datacenter);
    return new Set(members.filter(({ state }) => state === 'alive').map(({ id }) => id));
  }

  private schedule(delayMs: number): void {
    this.timer?.cancel();
    this.timer = this.options.platform.timers.after(delayMs, () => this.work());
  }

  /** One pass at a time. */
  private work(): void {
    if (this.working) {
      this.again = true;
      return;
    }
    const { reign } = this;
    if (!reign) return;
    this.working = true;
    this.again = false;
    const pass = this.pass(reign);
    this.firstLook ??= pass;
    void pass.then(() => {
      this.working = false;
      if (!this.reign) return;
      // A new reign may have begun while the last pass of the old one was still running.
      if (this.again || reign.ended) this.work();
      else this.schedule(HEALTH_MS);
    });
  }

  /** Never rejects. */
  private async pass(reign: Reign): Promise<void> {
    try {
      const limits = await this.limits();
      const sample = await sampleCluster(this.options);
      if (reign.ended) return;
      this.known = assessCluster(this.known, sample, limits);
      this.measure();
      await this.takeIn(reign);
      if (reign.ended) return;
      if (sample.nowMs - reign.tendedAtMs < TEND_MS) return;
      reign.tendedAtMs = sample.nowMs;
      const hasPromoted = await this.promote(reign, sample, limits);
      // What is dead is judged by the configuration as it is with the new votes.
      if (hasPromoted) this.tendSoon(reign);
      else await this.cleanUp(reign, sample, limits);
    } catch (thrown) {
      if (reign.ended) return;
      const error = MeshError.from(thrown).message;
      this.options.logger.error('Error updating cluster health', { error });
    }
  }

  private async limits(): Promise<AutopilotLimits> {
    const { store, write, initial, logger } = this.options;
    const configuration = autopilotConfiguration(store.view());
    if (configuration) return limitsOf(configuration);
    const settings = settingsOf(initial);
    await write(autopilotSetConfiguration, { settings, cas: 0 });
    logger.info('initialized Autopilot configuration');
    return initial;
  }

  /** The reconciler hears of changes of the members; that a peer was removed by hand is none. */
  private async takeIn(reign: Reign): Promise<void> {
    const outside = await outsiders(this.options);
    // At the first look it may be just on its way in.
    if (!reign.ended && outside.some((id) => reign.outside.includes(id))) this.options.reconcile();
    reign.outside = outside;
  }

  private measure(): void {
    const { metrics } = this.options;
    metrics.gauge('autopilot.failure_tolerance', this.known.failureTolerance);
    metrics.gauge('autopilot.healthy', this.known.isHealthy ? 1 : 0);
  }

  private async promote(
    reign: Reign,
    { nowMs }: ClusterSample,
    limits: AutopilotLimits,
  ): Promise<boolean> {
    const { consensus, logger } = this.options;
    let hasPromoted = false;
    try {
      for (const { id, address } of duePromotions(this.known, limits, nowMs)) {
        if (reign.ended) return false;
        logger.info('Promoting server to voter', { server: described(id, address) });
        await consensus.changeConfiguration({ kind: 'add-voter', id, address });
        hasPromoted = true;
      }
    } catch (thrown) {
      this.complain(reign, 'Error promoting servers', thrown);
    }
    return hasPromoted && !reign.ended;
  }

  private async cleanUp(
    reign: Reign,
    sample: ClusterSample,
    limits: AutopilotLimits,
  ): Promise<void> {
    const { membership, consensus, logger } = this.options;
    const { failed, stale, refusal } = dueRemovals(this.known, sample, limits);
    if (refusal !== undefined && refusal !== this.refusal) {
      logger.warn('Failed to remove dead servers', { error: refusal });
    }
    this.refusal = refusal;
    try {
      for (const { name } of failed) {
        if (reign.ended) return;
        logger.info('Attempting removal of failed server node', { name });
        await membership.forceLeave(name, false);
      }
      for (const { id, address } of stale) {
        if (reign.ended) return;
        logger.info('Attempting removal of stale server', { server: described(id, address) });
        await consensus.changeConfiguration({ kind: 'remove', id });
      }
    } catch (thrown) {
      this.complain(reign, 'Error checking for dead servers to remove', thrown);
    }
  }

  private complain(reign: Reign, message: string, thrown: unknown): void {
    if (reign.ended) return;
    if (hasCode(thrown, 'conflict')) {
      // Another change of the configuration is under way, which is no failure: soon again.
      reign.tendedAtMs = Number.NEGATIVE_INFINITY;
      return;
    }
    this.options.logger.error(message, { error: MeshError.from(thrown).message });
  }
}

function described(id: string, address: string): string {
  return `Server (ID: ${id} Address: ${address})`;
}
