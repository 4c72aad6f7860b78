import { type Component, type Logger, MeshError, type Metrics, type Platform } from '@mesh/base';
import type { LegacyConsensus as Consensus } from '@mesh/raft';
import type {
  ReadEndpoint,
  ReadOptions,
  ReadReply,
  Rpc,
  WriteContext,
  WriteEndpoint,
  WriteOptions,
} from '@mesh/resource';
import type { StateStore } from '@mesh/state';
import type { BlockingQueries, QueryResult } from './blocking-query.ts';
import { encodeEntry } from './entry-codec.ts';
import { WatchedFreshness } from './freshness.ts';

export interface LocalRpcOptions {
  readonly datacenter: string;
  readonly store: StateStore;
  readonly consensus: Consensus;
  readonly queries: BlockingQueries;
  readonly platform: Platform;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** How long a request waits for a leader to be elected, milliseconds. */
  readonly holdTimeoutMs: number;
  readonly touchSession: (sessionId: string, ttl?: string) => void;
}

/** RPC served by the server in this process: reads from its tables, writes through its log. */
export class LocalRpc implements Rpc, Component {
  readonly name = 'rpc';
  private leading = false;
  private unsubscribe: (() => void) | undefined;
  private readonly waiting = new Set<() => void>();
  private readonly options: LocalRpcOptions;

  constructor(options: LocalRpcOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    this.unsubscribe ??= this.options.consensus.onLeadership((leading) => {
      this.leading = leading;
      if (!leading) return;
      for (const wake of [...this.waiting]) wake();
    });
  }

  async stop(): Promise<void> {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
  }

  async read<A, R>(
    endpoint: ReadEndpoint<A, R>,
    args: A,
    options: ReadOptions,
  ): Promise<ReadReply<R>> {
    const { queries, consensus, metrics, datacenter, platform } = this.options;
    this.requireLocal(options.datacenter);
    if (options.consistency !== 'stale' && !this.leading) await this.waitForLeader();
    if (options.consistency === 'consistent') await consensus.readIndex();
    metrics.count('rpc.query');
    const context = () => ({ datacenter, nowMs: platform.clock.nowMs() });
    if (options.minIndex <= 0) {
      return this.reply(queries.evaluate(endpoint, args, context()), options);
    }
    metrics.gauge('rpc.queries_blocking', queries.parkedCount + 1);
    try {
      return this.reply(await queries.run(endpoint, args, context, options), options);
    } finally {
      metrics.gauge('rpc.queries_blocking', queries.parkedCount);
    }
  }

  call(): Promise<never> {
    return Promise.reject(new Error('no calls here'));
  }

  async write<A, R>(endpoint: WriteEndpoint<A, R>, args: A, options: WriteOptions): Promise<R> {
    this.requireLocal(options.datacenter);
    if (!this.leading) await this.waitForLeader();
    this.options.metrics.count('rpc.request');
    const prepared = endpoint.prepare(args, this.writeContext());
    if ('answer' in prepared) return prepared.answer;
    const data = encodeEntry({
      type: prepared.command.type,
      proposedAtMs: this.options.platform.clock.nowMs(),
      payload: prepared.payload,
    });
    return (await this.options.consensus.propose(data)) as R;
  }

  private reply<R>(result: QueryResult<R>, options: ReadOptions): ReadReply<R> {
    const { store } = this.options;
    return {
      value: result.value,
      index: result.dependencies.index,
      knownLeader: this.options.consensus.status().leaderId !== '',
      lastContactMs: 0,
      ...(options.track && {
        freshness: new WatchedFreshness(store, result.dependencies, this.mayServe(options)),
      }),
    };
  }

  private mayServe({ consistency }: ReadOptions): () => boolean {
    return consistency === 'stale' ? () => true : () => this.leading;
  }

  private writeContext(): WriteContext {
    const { datacenter, platform, store, touchSession } = this.options;
    return {
      datacenter,
      nowMs: platform.clock.nowMs(),
      view: store.view(),
      uuid: () => platform.random.uuid(),
      touchSession,
    };
  }

  private requireLocal(datacenter: string): void {
    if (datacenter === '' || datacenter === this.options.datacenter) return;
    this.options.logger.warn('RPC request for DC, no path found', { datacenter });
    throw new MeshError('no-servers', 'No path to datacenter');
  }

  /** Holds a request over an election instead of failing it (rpc_hold_timeout). */
  private waitForLeader(): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = () => {
        this.waiting.delete(wake);
        timer.cancel();
        resolve();
      };
      const timer = this.options.platform.timers.after(this.options.holdTimeoutMs, () => {
        this.waiting.delete(wake);
        reject(new MeshError('no-leader', 'No cluster leader'));
      });
      this.waiting.add(wake);
    });
  }
}
