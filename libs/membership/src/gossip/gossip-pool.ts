import { type Component, type Logger, MeshError, type Metrics, type Platform } from '@mesh/base';
import {
  type GossipAddress,
  type GossipConfig,
  type GossipTransport,
  type KeyOperations,
  type NetworkCoordinate,
  type PoolRules,
  type QueryParams,
  SERF_STATUS,
  type Serf,
  SerfCore,
  type SerfEvent,
  type SerfMember,
} from '@mesh/gossip';
import type { PoolEvent, PoolName } from '../pool-services.ts';
import { CoreRunner } from './core-runner.ts';
import { type ResolveHost, resolveJoinAddress, systemResolver } from './join-address.ts';
import { JoinFailure, joinFailed } from './join-failure.ts';
import { JoinWitness } from './join-witness.ts';
import { Rejoin } from './rejoin.ts';
import type { SnapshotFile } from './snapshot-file.ts';
import { NOTHING, type Remembered } from './snapshot-lines.ts';

/** Addresses that one join tries at a time. */
const JOINS_AT_ONCE = 16;

/** What a pool stands on while it runs. */
export interface PoolParts {
  readonly transport: GossipTransport;
  /** undefined where nothing is encrypted. */
  readonly keys: KeyOperations | undefined;
}

export interface PoolOptions {
  readonly pool: PoolName;
  /** Name of this member in the pool. */
  readonly memberName: string;
  /** Where the others reach this member. */
  readonly address: GossipAddress;
  readonly tags: Readonly<Record<string, string>>;
  readonly config: GossipConfig;
  readonly rules: PoolRules;
  /** Whether network coordinates are kept. */
  readonly coordinates: boolean;
  /** Asked for when the pool starts; may throw MeshError. */
  readonly parts: () => PoolParts;
  /** undefined where nothing is remembered. */
  readonly snapshot: SnapshotFile | undefined;
  readonly platform: Platform;
  /** Named `serf.lan` or `serf.wan`. */
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** @default asks the system */
  readonly resolve?: ResolveHost;
}

/** A query on its way: what to do with answers, and how to end it. */
interface PendingQuery {
  readonly answered: (from: string, payload: Uint8Array) => boolean;
  readonly done: () => void;
}

/**
 * A pool of members: the shell of one gossip core. It has the timer, the sockets and the file, and makes promises
 * of what the core tells as events.
 */
export class GossipPool implements Component {
  readonly name: string;
  private readonly options: PoolOptions;
  private parts: PoolParts | undefined;
  private core: Serf | undefined;
  /** undefined while it is not running. */
  private runner: CoreRunner | undefined;
  private witness: JoinWitness | undefined;
  private isStarted = false;
  private readonly joins = new Map<number, (error: string | undefined) => void>();
  private readonly queries = new Map<number, PendingQuery>();
  private readonly rejoin: Rejoin;
  private leaving: Promise<void> | undefined;
  private leaveDone: (() => void) | undefined;
  private readonly memberListeners = new Set<(event: SerfEvent) => void>();
  private readonly eventListeners = new Set<(event: PoolEvent) => void>();

  constructor(options: PoolOptions) {
    this.options = options;
    this.name = `gossip-${options.pool}`;
    this.rejoin = new Rejoin({
      join: (address) => this.joinAt(address),
      isWanted: () => this.runner !== undefined && !this.leaving && this.isAlone(),
      ...{ platform: options.platform, logger: options.logger },
    });
  }

  /** Listens, and looks for the members of the last run. Rejects with MeshError when it cannot listen. */
  async start(): Promise<void> {
    if (this.isStarted) return;
    this.isStarted = true;
    this.leaving = undefined;
    const { snapshot, parts: open, memberName } = this.options;
    try {
      const remembered = (await snapshot?.open()) ?? NOTHING;
      this.parts = open();
      const core = this.createCore(remembered, this.parts);
      this.core = core;
      const { clock, timers } = this.options.platform;
      const witness = this.createWitness(this.parts);
      this.witness = witness;
      this.runner = new CoreRunner({
        ...{ core, transport: this.parts.transport, clock, timers },
        onEvent: (event) => this.handle(event),
        onTurn: () => snapshot?.clocks(core.clocks()),
        onJoinAnswer: (to, message) => witness.joined(to, message),
      });
      await this.runner.start();
      this.rejoin.start(remembered.members.filter(({ name }) => name !== memberName));
    } catch (thrown) {
      await this.stop();
      throw thrown;
    }
  }

  /** Ends without a word to the others. */
  async stop(): Promise<void> {
    if (!this.isStarted) return;
    this.isStarted = false;
    this.rejoin.stop();
    this.witness?.stop();
    const { runner } = this;
    this.runner = undefined;
    for (const done of [...this.joins.values()]) done('the pool is stopped');
    this.joins.clear();
    for (const query of [...this.queries.values()]) query.done();
    this.leaveDone?.();
    await runner?.stop();
    await this.options.snapshot?.close();
  }

  /**
   * Joins through addresses; resolves with how many were reached. Past user events of the pool are skipped.
   * Rejects with a JoinFailure when none was reached.
   */
  async join(addresses: readonly string[]): Promise<number> {
    const failures: string[] = [];
    let joined = 0;
    const waiting = [...addresses];
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        joined += await this.joinOne(next, failures);
      }
    };
    await Promise.all(Array.from({ length: JOINS_AT_ONCE }, work));
    if (joined === 0 && addresses.length > 0) throw joinFailed(failures);
    return joined;
  }

  /** Joins through one member at a known address. Rejects with MeshError. */
  async joinAt(address: GossipAddress): Promise<void> {
    const error = await this.call((core, nowMs) => {
      const id = core.join(address, true, nowMs);
      return new Promise<string | undefined>((resolve) => this.joins.set(id, resolve));
    });
    if (error !== undefined) throw new JoinFailure(error);
  }

  /** Tells the others that this member leaves; resolves when they had time to hear it. */
  leave(): Promise<void> {
    this.leaving ??= this.leaveOnce();
    return this.leaving;
  }

  /** Makes a failed member one that left; `prune` forgets it. False when no member has the name. */
  forceLeave(member: string, prune: boolean): boolean {
    return this.call((core, nowMs) => core.forceLeave(member, prune, nowMs));
  }

  /** Throws MeshError when they are too long. */
  setTags(tags: Readonly<Record<string, string>>): void {
    this.call((core, nowMs) => core.setTags(tags, nowMs));
  }

  /** Sends an event to all members, this one included. Throws MeshError when it is too long. */
  userEvent(name: string, payload: Uint8Array): void {
    this.call((core, nowMs) => core.userEvent(name, payload, false, nowMs));
  }

  /**
   * Asks the members. Each answer is handed to `answered`, which says whether it was the last that matters.
   * Resolves after it, or when time is up. Rejects with MeshError when the query cannot be asked.
   */
  async query(
    params: QueryParams,
    answered: (from: string, payload: Uint8Array) => boolean,
  ): Promise<void> {
    await this.call((core, nowMs) => {
      const { id } = core.query(params, nowMs);
      return new Promise<void>((resolve) => {
        const done = () => {
          this.queries.delete(id);
          resolve();
        };
        this.queries.set(id, { answered, done });
      });
    });
  }

  /** Before the first start the member alone, as it will be. */
  members(): readonly SerfMember[] {
    return this.core?.members() ?? [this.local()];
  }

  member(name: string): SerfMember | undefined {
    return this.core?.member(name);
  }

  local(): SerfMember {
    const { memberName, address, tags } = this.options;
    return (
      this.core?.local() ?? {
        ...{ name: memberName, ...address, tags, status: SERF_STATUS.alive },
        versions: [1, 5, 2, 2, 5, 4],
      }
    );
  }

  /** Whether members encrypt what they say. */
  isEncrypted(): boolean {
    return this.parts?.keys?.list() !== undefined;
  }

  ownCoordinate(): NetworkCoordinate | undefined {
    return this.core?.coordinate();
  }

  coordinateOf(member: string): NetworkCoordinate | undefined {
    if (member === this.options.memberName) return this.ownCoordinate();
    return this.core?.cachedCoordinate(member);
  }

  /** The core, for figures; undefined before the start. */
  figures(): Pick<Serf, 'clocks' | 'queues' | 'healthScore' | 'coordinateResets'> | undefined {
    return this.core;
  }

  /** Called for each change of members. Returns an unsubscriber. */
  onMembers(listener: (event: SerfEvent) => void): () => void {
    this.memberListeners.add(listener);
    return () => this.memberListeners.delete(listener);
  }

  /** Called for each user event. Returns an unsubscriber. */
  onEvent(listener: (event: PoolEvent) => void): () => void {
    this.eventListeners.add(listener);
    return () => this.eventListeners.delete(listener);
  }

  private createCore({ memory }: Remembered, { transport, keys }: PoolParts): Serf {
    const { memberName, address, tags, config, rules, coordinates, platform, logger, metrics } =
      this.options;
    return new SerfCore({
      ...{ name: memberName, address, tags, config, rules, coordinates, memory },
      ...(keys && { keys }),
      ...{ random: platform.random, logger, metrics },
      packetOverheadBytes: () => transport.packetOverheadBytes(),
    });
  }

  private createWitness({ transport }: PoolParts): JoinWitness {
    const { memberName, address, config, platform, logger } = this.options;
    const { timers } = platform;
    const { tcpTimeoutMs: timeoutMs } = config;
    return new JoinWitness({ memberName, address, transport, timeoutMs, timers, logger });
  }

  private async joinOne(text: string, failures: string[]): Promise<number> {
    const { address, resolve = systemResolver } = this.options;
    let joined = 0;
    try {
      for (const one of await resolveJoinAddress(text, address.port, resolve)) {
        try {
          await this.joinAt(one);
          joined++;
        } catch (thrown) {
          failures.push(`Failed to join ${one.host}: ${MeshError.from(thrown).message}`);
        }
      }
    } catch (thrown) {
      failures.push(MeshError.from(thrown).message);
    }
    return joined;
  }

  private isAlone(): boolean {
    return !this.members().some(
      ({ name, status }) => name !== this.options.memberName && status === SERF_STATUS.alive,
    );
  }

  private async leaveOnce(): Promise<void> {
    if (!this.runner) return;
    await this.options.snapshot?.leave();
    if (!this.runner) return;
    await this.call((core, nowMs) => {
      const done = new Promise<void>((resolve) => {
        this.leaveDone = resolve;
      });
      core.leave(nowMs);
      return done;
    });
  }

  /** Asks the core for something. Throws where the pool is not running, and what the core throws. */
  private call<T>(work: (core: Serf, nowMs: number) => T): T {
    const { core, runner } = this;
    if (core && runner) return runner.call((nowMs) => work(core, nowMs));
    throw new MeshError(
      'unavailable',
      `the ${this.options.pool.toUpperCase()} pool is not running`,
    );
  }

  private handle(event: SerfEvent): void {
    switch (event.kind) {
      case 'user-event':
        this.tell(this.eventListeners, event);
        return;
      case 'query':
        // Serf's own are answered by the core; nobody here answers others.
        return;
      case 'query-ack':
        return;
      case 'query-response': {
        const query = this.queries.get(event.id);
        if (query?.answered(event.from, event.payload)) query.done();
        return;
      }
      case 'query-done':
        this.queries.get(event.id)?.done();
        return;
      case 'join-done': {
        const done = this.joins.get(event.id);
        this.joins.delete(event.id);
        done?.(event.error);
        return;
      }
      case 'leave-done':
        this.leaveDone?.();
        return;
      case 'name-lost':
        this.options.logger.error('serf: another member has the name of this one', {
          address: event.other.host,
        });
        return;
      default:
        this.remember(event);
        this.tell(this.memberListeners, event);
    }
  }

  private remember({ kind, members }: Extract<SerfEvent, { readonly members: unknown }>): void {
    const { snapshot } = this.options;
    for (const { name, host, port } of members) {
      if (kind === 'member-join') snapshot?.memberAlive(name, { host, port });
      else if (kind !== 'member-update') snapshot?.memberGone(name);
    }
  }

  /** A listener that fails must not end the pool: what it was told came from others. */
  private tell<T>(listeners: ReadonlySet<(told: T) => void>, told: T): void {
    for (const listener of [...listeners]) {
      try {
        listener(told);
      } catch (thrown) {
        this.options.logger.error('failed to handle an event', { error: String(thrown) });
      }
    }
  }
}
