import { type Authorizer, MANAGE_ALL } from '@mesh/acl';
import {
  assert,
  type Component,
  type Logger,
  MeshError,
  type Metrics,
  type Platform,
} from '@mesh/base';
import type { ServerPicker, ServerRouter } from '@mesh/membership';
import type { Consensus } from '@mesh/raft';
import {
  type BoundCall,
  type CallEndpoint,
  type CallOptions,
  prepareGuarded,
  type ReadEndpoint,
  type ReadOptions,
  type ReadReply,
  type Rpc,
  requireCallAllowed,
  type WriteContext,
  type WriteEndpoint,
  type WriteOptions,
} from '@mesh/resource';
import type { CallClient } from '@mesh/rpc';
import type { StateStore, StateView } from '@mesh/state';
import type { Authorizers } from '../acl/authorizers.ts';
import type { BlockingQueries, QueryResult } from '../blocking-query.ts';
import { encodeEntry } from '../entry-codec.ts';
import { WatchedFreshness } from '../freshness.ts';
import { Hold, noLeader } from './hold.ts';
import { isUntaken, LeaderCalls } from './leader-call.ts';
import type { Era, LeaderWatch } from './leader-watch.ts';
import { RemoteRpc } from './remote-rpc.ts';
import { endpointCall, hasCode } from './wire.ts';

export interface ServerRpcOptions {
  readonly datacenter: string;
  /** Where endpoints that are the primary's write. */
  readonly primaryDatacenter: string;
  readonly store: StateStore;
  readonly consensus: Consensus;
  readonly watch: LeaderWatch;
  readonly queries: BlockingQueries;
  /** Reaches other servers. */
  readonly calls: CallClient;
  /** Finds servers of other datacenters. */
  readonly router: Pick<ServerRouter, 'remote'>;
  /** Wait of a blocking query that names none, milliseconds. */
  readonly defaultQueryTimeMs: number;
  /** Calls of the resources, by method. */
  readonly bound: ReadonlyMap<string, BoundCall>;
  readonly platform: Platform;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** How long a request waits for a leader, milliseconds (performance.rpc_hold_timeout). */
  readonly holdTimeoutMs: number;
  readonly touchSession: (sessionId: string, ttl?: string) => void;
  readonly authorizers: Authorizers;
}

/** Since when a server that never heard of a leader has not, in the original's answers. */
const NEVER_MS = 9_223_372_036_854;
/** Whose token a request bears. */
type Asker = Pick<WriteOptions, 'token'>;

/**
 * RPC of a server. Reads are answered from its own tables once it has made sure that they hold all
 * that was committed; writes and calls go to the leader.
 */
export class ServerRpc implements Rpc, Component {
  readonly name = 'rpc';
  private readonly options: ServerRpcOptions;
  private readonly consensus: Consensus;
  private readonly hold: Hold;
  private readonly leaderCalls: LeaderCalls;
  private readonly canReadNow: () => boolean;
  /** By datacenter, for the picker that it was made of. */
  private readonly remotes = new Map<string, { servers: ServerPicker; rpc: Rpc }>();
  private readonly verifyLease: () => Promise<void> | undefined;
  private readonly verifyQuorum: () => Promise<void>;

  constructor(options: ServerRpcOptions) {
    const { consensus, watch, platform, calls, holdTimeoutMs } = options;
    this.options = options;
    this.consensus = consensus;
    this.hold = new Hold({ watch, platform, timeoutMs: holdTimeoutMs });
    this.leaderCalls = new LeaderCalls(calls, platform.timers);
    this.canReadNow = () => consensus.canReadNow();
    this.verifyLease = () => (consensus.canReadNow() ? undefined : this.readIndex('lease'));
    this.verifyQuorum = () => this.readIndex('quorum');
  }

  start(): Promise<void> {
    return this.options.watch.start();
  }

  stop(): Promise<void> {
    return this.options.watch.stop();
  }

  async read<A, R>(
    endpoint: ReadEndpoint<A, R>,
    args: A,
    options: ReadOptions,
  ): Promise<ReadReply<R>> {
    const { queries, metrics, datacenter, platform } = this.options;
    if (this.isElsewhere(options)) return this.elsewhere(options).read(endpoint, args, options);
    const { consistency } = options;
    if (consistency === 'consistent') await this.verifyQuorum();
    else if (consistency === 'default' && !this.consensus.canReadNow()) {
      await this.readIndex('lease');
    }
    metrics.count('rpc.query');
    const isPublic = endpoint.guard === 'public';
    let authorizer = MANAGE_ALL;
    const context = (view: StateView) => {
      // Whoever may ask is not asked who they are.
      if (!isPublic) authorizer = this.options.authorizers.of(view, options.token);
      return { authorizer, datacenter, nowMs: platform.clock.nowMs() };
    };
    if (options.minIndex <= 0) {
      const result = queries.evaluate(endpoint, args, context);
      return this.reply(result, options, isPublic ? undefined : authorizer);
    }
    metrics.gauge('rpc.queries_blocking', queries.parkedCount + 1);
    try {
      const verify = this.verifier(options);
      const result = await queries.run(endpoint, args, context, options, verify);
      return this.reply(result, options, isPublic ? undefined : authorizer);
    } finally {
      metrics.gauge('rpc.queries_blocking', queries.parkedCount);
    }
  }

  async write<A, R>(endpoint: WriteEndpoint<A, R>, args: A, options: WriteOptions): Promise<R> {
    const { datacenter, primaryDatacenter } = this.options;
    const { isPrimarys: isTheirs = false } = endpoint;
    const belongsThere = typeof isTheirs === 'function' ? isTheirs(args as never) : isTheirs;
    const isPrimarys = belongsThere && !this.isElsewhere(options);
    const wanted = isPrimarys ? primaryDatacenter : options.datacenter || datacenter;
    if (wanted !== datacenter) {
      const there = { ...options, datacenter: wanted };
      return this.elsewhere(there).write(endpoint, args, there);
    }
    this.options.metrics.count('rpc.request');
    if (this.consensus.canReadNow()) {
      try {
        return await this.propose(endpoint, args, this.authorizerOf(options));
      } catch (thrown) {
        if (!hasCode(thrown, 'no-leader')) throw thrown;
      }
    }
    const body = { ...endpointCall(args, options), forwarded: true };
    const local = () => this.writeAsLeader(endpoint, args, options);
    return this.toLeader(local, endpoint.method, body, options.signal) as Promise<R>;
  }

  async call<A, R>(endpoint: CallEndpoint<A, R>, args: A, options: CallOptions): Promise<R> {
    if (this.isElsewhere(options)) return this.elsewhere(options).call(endpoint, args, options);
    this.options.metrics.count('rpc.request');
    const { method } = endpoint;
    if (options.server === 'any') {
      return (await this.runCall(method, args, this.authorizerOf(options))) as R;
    }
    const body = { ...endpointCall(args, options), server: 'leader', forwarded: true };
    const local = () => this.callAsLeader(method, args, options);
    return this.toLeader(local, method, body, options.signal) as Promise<R>;
  }

  /**
   * Writes if this server leads, and neither waits nor forwards: for what was forwarded here with its
   * asker's token, and, without one, for the leader's own duties. Rejects with `no-leader`.
   */
  async writeAsLeader<A, R>(endpoint: WriteEndpoint<A, R>, args: A, asker?: Asker): Promise<R> {
    await this.verifyLeading();
    return this.propose(endpoint, args, asker ? this.authorizerOf(asker) : MANAGE_ALL);
  }

  /** Runs a call of operators if this server leads. Rejects with `no-leader`. */
  async callAsLeader(method: string, args: unknown, asker: Asker): Promise<unknown> {
    await this.verifyLeading();
    return this.runCall(method, args, this.authorizerOf(asker));
  }

  private toLeader(
    local: () => Promise<unknown>,
    method: string,
    body: unknown,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const attempt = (era: Era): Promise<unknown> => {
      if (era.leading) return local();
      if (era.leaderAddress === '') return Promise.reject(noLeader());
      return this.leaderCalls.call(era, method, body, signal);
    };
    return this.hold.run(attempt, isUntaken, signal);
  }

  private readIndex(mode: 'lease' | 'quorum'): Promise<void> {
    const attempt = () => this.consensus.readIndex(mode);
    return this.hold.run(attempt, isUntaken);
  }

  /** A leader that has lost its lease may have been deposed: a write of its must not be lost on that. */
  private async verifyLeading(): Promise<void> {
    if (!this.consensus.canReadNow()) await this.consensus.readIndex('lease');
    if (!this.options.watch.era.leading) throw noLeader();
  }

  private async propose<A, R>(
    endpoint: WriteEndpoint<A, R>,
    args: A,
    authorizer: Authorizer,
  ): Promise<R> {
    const prepared = prepareGuarded(endpoint, args, this.writeContext(authorizer));
    if ('answer' in prepared) return prepared.answer;
    const data = encodeEntry({
      type: prepared.command.type,
      proposedAtMs: this.options.platform.clock.nowMs(),
      payload: prepared.payload,
    });
    const result = (await this.consensus.propose(data)) as R;
    return prepared.shown ? prepared.shown(result) : result;
  }

  private async runCall(method: string, args: unknown, authorizer: Authorizer): Promise<unknown> {
    const bound = this.options.bound.get(method);
    assert(bound, `call ${method} is bound by a resource`);
    requireCallAllowed(bound.endpoint.guard, authorizer, args);
    return bound.run(args, authorizer);
  }

  private verifier({ consistency }: ReadOptions): () => Promise<void> | undefined {
    if (consistency === 'stale') return () => undefined;
    return consistency === 'consistent' ? this.verifyQuorum : this.verifyLease;
  }

  private reply<R>(
    result: QueryResult<R>,
    options: ReadOptions,
    authorizer: Authorizer | undefined,
  ): ReadReply<R> {
    const { index } = result.dependencies;
    const isStale = options.consistency === 'stale';
    const { era } = this.options.watch;
    const { authorizers } = this.options;
    const holds = () => !authorizer || authorizers.isCurrent(options.token, authorizer);
    const freshness = options.track ? this.freshness(result, era, isStale, holds) : undefined;
    return {
      value: result.value,
      index,
      knownLeader: !isStale || era.leaderId !== '',
      lastContactMs: !isStale || era.leading ? 0 : this.lastContactMs(),
      ...(freshness && { freshness }),
    };
  }

  /**
   * A leader's answer holds while it leads and has its lease. A follower has to ask for each default
   * read; its stale answers hold while it has the same leader, as they tell of it.
   */
  private freshness<R>(
    { dependencies }: QueryResult<R>,
    era: Era,
    isStale: boolean,
    holds: () => boolean,
  ): WatchedFreshness | undefined {
    const { store } = this.options;
    if (isStale) {
      return era.leaderId === ''
        ? undefined
        : new WatchedFreshness(store, dependencies, era, holds);
    }
    return era.leading
      ? new WatchedFreshness(store, dependencies, era, () => this.canReadNow() && holds())
      : undefined;
  }

  /** At least 1 on a follower: an answer that says 0 is the leader's, and may be kept as such. */
  private lastContactMs(): number {
    const { lastContactMs } = this.consensus.status();
    return lastContactMs < 0 ? NEVER_MS : Math.max(1, Math.floor(lastContactMs));
  }

  private authorizerOf({ token }: Asker): Authorizer {
    return this.options.authorizers.of(this.options.store.view(), token);
  }

  private writeContext(authorizer: Authorizer): WriteContext {
    const { datacenter, platform, store, touchSession } = this.options;
    return {
      authorizer,
      datacenter,
      nowMs: platform.clock.nowMs(),
      view: store.view(),
      uuid: () => platform.random.uuid(),
      touchSession,
    };
  }

  /** Throws `no-servers` for another datacenter: what came from one is not sent on to a third. */
  requireLocal(datacenter: string): void {
    if (this.isElsewhere({ datacenter })) throw this.noPath(datacenter);
  }

  private isElsewhere({ datacenter }: { readonly datacenter: string }): boolean {
    return datacenter !== '' && datacenter !== this.options.datacenter;
  }

  /** The way to the servers of another datacenter. Throws `no-servers` where none is known. */
  private elsewhere({ datacenter }: { readonly datacenter: string }): Rpc {
    const servers = this.options.router.remote(datacenter);
    if (!servers) throw this.noPath(datacenter);
    let known = this.remotes.get(datacenter);
    if (known?.servers !== servers) {
      known = { servers, rpc: new RemoteRpc({ ...this.options, servers, datacenter }) };
      this.remotes.set(datacenter, known);
    }
    return known.rpc;
  }

  private noPath(datacenter: string): MeshError {
    this.options.logger.warn('RPC request for DC, no path found', { datacenter });
    return new MeshError('no-servers', 'No path to datacenter');
  }
}
