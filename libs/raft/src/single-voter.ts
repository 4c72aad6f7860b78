import { assert, type Logger, MeshError, type Metrics } from '@mesh/base';
import type { Role } from './consensus.ts';
import type { LogEntry } from './entry.ts';
import type { ApplyEntries, LegacyConsensus, LegacyConsensusStatus } from './legacy-consensus.ts';
import type { LegacyLogStore } from './legacy-log-store.ts';

/** Most entries in one append (Raft: MaxAppendEntries), so that a batch stays a bounded piece of work. */
const MAX_BATCH_ENTRIES = 256;
/** Most proposals waiting; beyond it a client is told to slow down rather than memory growing. */
const MAX_QUEUED_PROPOSALS = 65_536;

export interface SingleVoterOptions {
  readonly serverId: string;
  /** host:port that other servers would use. */
  readonly address: string;
  readonly store: LegacyLogStore;
  readonly apply: ApplyEntries;
  /** Runs a callback after the current turn's input has been read, so that its proposals form one batch. */
  readonly defer: (callback: () => void) => void;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Entries kept after they are applied. @default 1024 */
  readonly trailingEntries?: number;
  /** Bytes of applied entries after which older ones are dropped. @default 16 MiB */
  readonly trailingBytes?: number;
}

interface Pending {
  readonly data: Uint8Array;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Raft for a cluster whose only voter is this server: the election is won by its own vote, and an entry is
 * committed when its own log has stored it (Raft paper, sections 5.2 and 5.3 with N = 1).
 */
export class SingleVoter implements LegacyConsensus {
  private role: Role = 'follower';
  private term = 0;
  private commitIndex = 0;
  private lastApplied = 0;
  private queue: Pending[] = [];
  private flushing = false;
  private scheduled = false;
  private stopped = true;
  private bytesSinceCompaction = 0;
  private idle: Promise<void> = Promise.resolve();
  private readonly listeners = new Set<(leading: boolean) => void>();
  private readonly options: SingleVoterOptions;

  constructor(options: SingleVoterOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    if (!this.stopped) return;
    this.stopped = false;
    const { store, serverId, address, logger } = this.options;
    assert(store.lastIndex === 0, 'a single voter starts on an empty log');
    logger.info('initial configuration', {
      index: 1,
      servers: `[{Suffrage:Voter ID:${serverId} Address:${address}}]`,
    });
    logger.info('entering follower state', {
      follower: `Node at ${address} [Follower]`,
      leader: '',
    });
    this.role = 'candidate';
    this.term = store.hardState().term + 2;
    logger.info('entering candidate state', {
      node: `Node at ${address} [Candidate]`,
      term: this.term,
    });
    await store.saveHardState({ term: this.term, votedFor: serverId });
    logger.debug('votes', { needed: 1 });
    logger.debug('vote granted', { from: serverId, term: this.term, tally: 1 });
    logger.info('election won', { tally: 1 });
    await this.lead();
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    const abandoned = this.queue;
    this.queue = [];
    for (const pending of abandoned) {
      pending.reject(new MeshError('no-leader', 'server is shutting down'));
    }
    await this.idle;
    this.setRole('follower');
  }

  status(): LegacyConsensusStatus {
    const { serverId, address, store } = this.options;
    const leading = this.role === 'leader';
    return {
      role: this.role,
      term: this.term,
      commitIndex: this.commitIndex,
      lastApplied: this.lastApplied,
      lastLogIndex: store.lastIndex,
      lastLogTerm: this.term,
      pending: this.commitIndex - this.lastApplied,
      leaderId: leading ? serverId : '',
      leaderAddress: leading ? address : '',
      peers: [{ id: serverId, address, voter: true }],
    };
  }

  propose(data: Uint8Array): Promise<unknown> {
    if (this.role !== 'leader' || this.stopped) {
      return Promise.reject(new MeshError('no-leader', 'No cluster leader'));
    }
    if (this.queue.length >= MAX_QUEUED_PROPOSALS) {
      return Promise.reject(
        new MeshError('rate-limited', `more than ${MAX_QUEUED_PROPOSALS} writes are waiting`),
      );
    }
    return new Promise((resolve, reject) => {
      this.queue.push({ data, resolve, reject });
      this.schedule();
    });
  }

  async readIndex(): Promise<number> {
    // The only voter is its own majority: its commit index is the cluster's.
    if (this.role !== 'leader') throw new MeshError('no-leader', 'No cluster leader');
    return this.commitIndex;
  }

  onLeadership(listener: (leading: boolean) => void): () => void {
    this.listeners.add(listener);
    listener(this.role === 'leader');
    return () => this.listeners.delete(listener);
  }

  private async lead(): Promise<void> {
    const { store, logger, address } = this.options;
    // A leader commits an entry of its own term before it serves (Raft thesis, section 6.4).
    const noop: LogEntry = {
      index: store.lastIndex + 1,
      term: this.term,
      kind: 'noop',
      data: new Uint8Array(0),
    };
    await this.commit([noop]);
    logger.info('entering leader state', { leader: `Node at ${address} [Leader]` });
    this.setRole('leader');
  }

  private setRole(role: Role): void {
    if (this.role === role) return;
    this.role = role;
    for (const listener of [...this.listeners]) listener(role === 'leader');
  }

  private schedule(): void {
    if (this.scheduled || this.flushing) return;
    this.scheduled = true;
    this.options.defer(() => {
      this.scheduled = false;
      this.idle = this.flush();
    });
  }

  private async flush(): Promise<void> {
    if (this.flushing) return;
    this.flushing = true;
    try {
      while (this.queue.length > 0 && !this.stopped) {
        const batch = this.queue.splice(0, MAX_BATCH_ENTRIES);
        await this.commitBatch(batch);
      }
    } finally {
      this.flushing = false;
    }
  }

  private async commitBatch(batch: readonly Pending[]): Promise<void> {
    let index = this.options.store.lastIndex;
    const entries = batch.map(
      ({ data }): LogEntry => ({ index: ++index, term: this.term, kind: 'command', data }),
    );
    let outcomes: readonly unknown[];
    try {
      outcomes = await this.commit(entries);
    } catch (error) {
      this.options.logger.error('failed to append to logs', { error: String(error) });
      for (const pending of batch) {
        pending.reject(new MeshError('unavailable', `log write failed: ${String(error)}`));
      }
      return;
    }
    batch.forEach((pending, at) => {
      const outcome = outcomes[at];
      if (outcome instanceof Error) pending.reject(outcome);
      else pending.resolve(outcome);
    });
  }

  private async commit(entries: readonly LogEntry[]): Promise<readonly unknown[]> {
    const { store, apply, metrics } = this.options;
    await store.append(entries);
    this.commitIndex = entries[entries.length - 1]!.index;
    const outcomes = apply(entries);
    this.lastApplied = this.commitIndex;
    metrics.count('raft.apply', entries.length);
    metrics.gauge('raft.applied_index', this.lastApplied);
    metrics.gauge('raft.last_index', this.commitIndex);
    metrics.gauge('raft.commitNumLogs', entries.length);
    metrics.gauge('raft.leader.dispatchNumLogs', entries.length);
    for (const entry of entries) this.bytesSinceCompaction += entry.data.length;
    await this.compact();
    return outcomes;
  }

  /** An in-memory log is never replayed: what is applied may go, but for a tail to look at. */
  private async compact(): Promise<void> {
    const { store, trailingEntries = 1024, trailingBytes = 16 * 1024 * 1024 } = this.options;
    const held = store.lastIndex - store.firstIndex + 1;
    const tooMany = held > 2 * trailingEntries;
    const tooLarge = this.bytesSinceCompaction > trailingBytes;
    if (!tooMany && !tooLarge) return;
    this.bytesSinceCompaction = 0;
    await store.compact(tooLarge ? this.lastApplied : this.lastApplied - trailingEntries);
  }
}
