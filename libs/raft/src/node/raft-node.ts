import { assert, MeshError } from '@mesh/base';
import type { ConfigurationChange, ServerInfo } from '../configuration.ts';
import type { Consensus, ConsensusStatus, Leadership, PeerProgress } from '../consensus.ts';
import { checkedConfiguration } from '../core/configuration-tracker.ts';
import type { CoreEvent } from '../core/core-event.ts';
import { RaftCore, type Ready } from '../core/raft-core.ts';
import { noLeader } from '../errors.ts';
import type { LogWrite } from '../log-store.ts';
import type { Message, ReadMode, SnapshotOffer, SnapshotOutcome } from '../messages.ts';
import type { RaftLimits, RaftNodeOptions } from '../node-options.ts';
import type { SnapshotMeta } from '../snapshot-store.ts';
import type { TransportHandler } from '../transport.ts';
import { Applier } from './applier.ts';
import { logCoreEvent, logStart } from './event-log-lines.ts';
import { HandOver } from './hand-over.ts';
import { LeadershipFeed, NO_LEADERSHIP } from './leadership-feed.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import {
  leadershipOf,
  nodeStatus,
  peerProgress,
  STATUS_BEFORE_START,
  statePosition,
} from './node-status.ts';
import { type OpenedState, openState } from './open-state.ts';
import { Proposals } from './proposals.ts';
import { ReadWaiters } from './read-waiters.ts';
import { positionOf, SnapshotExchange } from './snapshot-exchange.ts';
import { Snapshotter } from './snapshotter.ts';
import { StableWaiters } from './stable-waiters.ts';
import { StorageRest } from './storage-rest.ts';
import { TickTimer } from './tick-timer.ts';

/**
 * A consensus node: the core of this lib with a disk, a network, a clock and a state machine around
 * it. Everything happens in turns: inputs go to the core, then `pump` does what it asks for.
 */
export class RaftNode implements Consensus, TransportHandler {
  private core: RaftCore | undefined;
  private applier: Applier | undefined;
  private snapshotter: Snapshotter | undefined;
  private pumpScheduled = false;
  private restoring = false;
  private stopped = true;
  private write: Promise<void> = Promise.resolve();
  private readonly feed = new LeadershipFeed();
  private readonly tick: TickTimer;
  private readonly proposals: Proposals;
  private readonly handOver = new HandOver();
  private readonly stableWaiters = new StableWaiters();
  private readonly reads: ReadWaiters;
  private readonly exchange: SnapshotExchange;
  private readonly rest: StorageRest;
  private readonly limits: RaftLimits;
  private readonly options: RaftNodeOptions;

  constructor(options: RaftNodeOptions) {
    this.options = options;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    const { timers } = options.platform;
    this.proposals = new Proposals(timers);
    this.reads = new ReadWaiters(timers, options.timing.electionTimeoutMs);
    this.rest = new StorageRest(timers, () => {
      this.core?.retryWrites();
      this.pump();
    });
    this.tick = new TickTimer(options.platform, () => {
      this.core?.tick(this.nowMs());
      this.pump();
    });
    const { serverId, snapshots, transport, logger, metrics, timing } = options;
    this.exchange = new SnapshotExchange({
      ...{ serverId, snapshots, transport, timers, logger, metrics },
      retryMs: timing.heartbeatTimeoutMs / 2,
      term: () => this.requireCore().term,
      take: () => this.snapshot(),
      onSent: (id, index, outcome) => this.snapshotSent(id, index, outcome),
      consider: (offer) => {
        this.schedulePump();
        return this.requireCore().considerSnapshot(offer, this.nowMs());
      },
      install: (meta) => this.install(meta),
    });
  }

  async start(): Promise<void> {
    if (!this.stopped) return;
    const { options } = this;
    const opened = await openState(options).catch(async (error) => {
      await options.logStore.close();
      throw error;
    });
    this.stopped = false;
    this.core = this.createCore(opened);
    logStart(options.logger, options.address, this.core.configurations);
    options.transport.attach(this);
    this.updatePeers();
    this.snapshotter!.start();
    this.pump();
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    this.tick.stop();
    this.rest.stop();
    this.exchange.abort();
    this.reads.stop();
    const error = new MeshError('unknown-outcome', 'the server is shutting down');
    this.proposals.refuseQueued(new MeshError('no-leader', 'server is shutting down'));
    this.proposals.abandon(error);
    this.handOver.fail(error);
    await this.snapshotter?.stop();
    await this.write.catch(() => {});
    this.feed.announce(NO_LEADERSHIP);
    await this.options.logStore.close();
  }

  status(): ConsensusStatus {
    const { core, snapshotter, appliedIndex: lastApplied } = this;
    if (!core || !snapshotter) return STATUS_BEFORE_START;
    return nodeStatus(core, { lastApplied, snapshot: snapshotter.last, nowMs: this.nowMs() });
  }

  progress(): readonly PeerProgress[] {
    return this.core ? peerProgress(this.core, this.nowMs()) : [];
  }

  propose(data: Uint8Array): Promise<unknown> {
    if (this.stopped || this.core?.role !== 'leader') return Promise.reject(noLeader());
    const refusal = this.proposals.refusal(data, this.limits);
    if (refusal) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      this.proposals.queue(data, { resolve, reject });
      this.schedulePump();
    });
  }

  canReadNow(): boolean {
    const { core } = this;
    if (!core || this.stopped || this.restoring) return false;
    return core.hasLease(this.nowMs()) && this.appliedIndex >= core.commitIndex;
  }

  readIndex(mode: ReadMode): Promise<void> {
    if (this.stopped || !this.core) return Promise.reject(noLeader());
    const core = this.core;
    return this.reads.wait(mode, (id) => {
      core.readIndex(id, mode, this.nowMs());
      this.schedulePump();
    });
  }

  onLeadership(listener: (leadership: Leadership) => void): () => void {
    return this.feed.listen(listener);
  }

  async changeConfiguration(change: ConfigurationChange): Promise<void> {
    if (this.stopped || !this.core) throw noLeader();
    const entry = this.core.changeConfiguration(change, this.nowMs());
    if (!entry) return;
    await new Promise<unknown>((resolve, reject) => {
      this.proposals.await(entry, { resolve, reject });
      this.pump();
    });
  }

  async transferLeadership(id?: string): Promise<void> {
    if (this.stopped || this.core?.role !== 'leader') throw noLeader();
    if (this.handOver.isUnderWay)
      throw new MeshError('conflict', 'leadership is being handed over already');
    const target = this.core.transfer(id, this.nowMs());
    if (target === undefined) {
      const who = id === undefined ? 'there is no other voter' : `${id} is no other voter`;
      throw new MeshError('invalid-argument', `leadership cannot be handed over: ${who}`);
    }
    const done = this.handOver.begin(target);
    this.pump();
    await done;
  }

  async bootstrap(servers: readonly ServerInfo[]): Promise<void> {
    const core = this.requireCore();
    const configuration = checkedConfiguration(servers);
    if (core.log.lastIndex > 0 || core.term > 0) {
      throw new MeshError('conflict', 'bootstrap only works on new clusters');
    }
    const { index } = core.bootstrap(configuration, this.nowMs());
    const done = this.stableWaiters.wait(index);
    this.pump();
    await done;
  }

  async snapshot(): Promise<SnapshotMeta | undefined> {
    if (this.stopped || !this.snapshotter) throw new MeshError('unavailable', 'not running');
    return await this.snapshotter.take();
  }

  receive(message: Message): void {
    if (this.stopped || !this.core) return;
    this.core.step(message, this.nowMs());
    this.schedulePump();
  }

  async receiveSnapshot(
    offer: SnapshotOffer,
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<SnapshotOutcome> {
    if (this.stopped || !this.core) throw new MeshError('unavailable', 'not running');
    return await this.exchange.receive(offer, chunks);
  }

  peerGone(id: string): void {
    if (this.stopped || !this.core) return;
    this.core.peerGone(id, this.nowMs());
    this.schedulePump();
  }

  private createCore({ stored, snapshot }: OpenedState): RaftCore {
    const { options, limits } = this;
    const { serverId: id, timing, logStore: store, machine, platform } = options;
    const parts = { id, timing, random: platform.random, limits, store, stored, snapshot };
    const core = new RaftCore({ ...parts, nowMs: this.nowMs() });
    this.applier = new Applier(machine, snapshot.index, (entry, outcome) => {
      this.proposals.applied(entry, outcome);
    });
    const position = () => statePosition(core, this.appliedIndex);
    const onTaken = ({ index }: SnapshotMeta) => {
      core.compact(index - limits.trailingEntries);
      this.schedulePump();
    };
    this.snapshotter = new Snapshotter({ ...options, limits, position, onTaken }, snapshot);
    return core;
  }

  /** Gathers the inputs of a turn before they are worked on, so that they form one batch. */
  private schedulePump(): void {
    if (this.pumpScheduled) return;
    this.pumpScheduled = true;
    this.options.defer(() => {
      this.pumpScheduled = false;
      this.pump();
    });
  }

  private pump(): void {
    const { core } = this;
    if (this.stopped || !core) return;
    this.reads.closeTurn();
    this.dispatchProposals(core);
    this.handle(core.ready(this.nowMs(), this.rest.mayWrite));
    if (this.applySome(core)) {
      // Applying may have ended this server's leadership, or answered what waits for it.
      this.handle(core.ready(this.nowMs(), this.rest.mayWrite));
      if (this.appliedIndex < core.applicableIndex) this.schedulePump();
    }
    this.feed.announce(leadershipOf(core, this.appliedIndex));
    this.tick.arm(core.nextDeadlineMs);
  }

  private dispatchProposals(core: RaftCore): void {
    if (!this.proposals.hasQueued || core.isHandingOver) return;
    if (core.role !== 'leader') this.proposals.refuseQueued(noLeader());
    else this.proposals.dispatch((commands) => core.propose(commands, this.nowMs()));
  }

  private handle(ready: Ready): void {
    for (const event of ready.events) this.handleEvent(event);
    for (const message of ready.messages) this.options.transport.send(message);
    for (const { id, index } of ready.answers) this.reads.answered(id, index, this.appliedIndex);
    for (const id of ready.snapshotsWanted) this.exchange.send(id);
    if (ready.write) this.write = this.store(ready.write);
  }

  private async store(write: LogWrite): Promise<void> {
    const { logStore, metrics } = this.options;
    const core = this.requireCore();
    const startedMs = this.nowMs();
    try {
      await logStore.write(write);
    } catch (cause) {
      if (this.stopped) return;
      const error = MeshError.from(cause);
      this.options.logger.error('failed to append to logs', { error: error.message });
      this.rest.failed(error);
      core.refused(this.nowMs());
      this.pump();
      return;
    }
    if (this.stopped) return;
    this.rest.worked();
    core.stored(this.nowMs());
    metrics.sample('raft.leader.dispatchLog', this.nowMs() - startedMs);
    metrics.gauge('raft.leader.dispatchNumLogs', write.entries.length);
    this.stableWaiters.stable(core.log.stableIndex);
    this.pump();
  }

  private applySome(core: RaftCore): boolean {
    const applier = this.applier!;
    if (this.restoring) return false;
    const before = applier.appliedIndex;
    const source = {
      applicableIndex: core.applicableIndex,
      slice: (from: number, to: number, maxBytes: number) => core.log.slice(from, to, maxBytes),
    };
    if (!applier.applySlice(source)) return false;
    const { metrics } = this.options;
    metrics.count('raft.apply', applier.appliedIndex - before);
    metrics.gauge('raft.applied_index', applier.appliedIndex);
    metrics.gauge('raft.last_index', core.log.lastIndex);
    metrics.gauge('raft.commitNumLogs', applier.appliedIndex - before);
    core.applied(applier.appliedIndex);
    this.reads.applied(applier.appliedIndex);
    return true;
  }

  private handleEvent(event: CoreEvent): void {
    logCoreEvent(this.options.logger, this.options.address, event);
    switch (event.kind) {
      case 'became-follower':
        this.lostLeadership();
        return;
      case 'became-leader':
      case 'became-pre-candidate':
      case 'leader-known':
        this.reads.leaderChanged();
        return;
      case 'configuration':
        this.updatePeers();
        return;
      case 'truncated':
        if (event.certain) this.proposals.truncated(event.from, this.rest.error);
        else this.proposals.truncated(event.from);
        this.updatePeers();
        return;
      case 'transfer-ended':
        this.handOver.end(event.ok);
        this.schedulePump();
    }
  }

  private lostLeadership(): void {
    this.reads.leaderChanged();
    this.exchange.abort();
    this.proposals.refuseQueued(noLeader());
    const isLost = () => this.core?.role !== 'leader';
    this.proposals.abandonAfter(2 * this.options.timing.electionTimeoutMs, isLost);
  }

  private async install(meta: SnapshotMeta): Promise<void> {
    const core = this.requireCore();
    const { machine, snapshots } = this.options;
    if (this.stopped || meta.index <= this.appliedIndex) return;
    // Nothing is applied while the state is being replaced.
    this.restoring = true;
    try {
      await machine.restore(snapshots.read(meta.id));
      if (this.stopped) return;
      const position = positionOf(meta);
      core.snapshotInstalled(position, this.nowMs());
      this.applier!.appliedIndex = meta.index;
      core.applied(meta.index);
      this.snapshotter!.installed(position);
      this.proposals.skippedTo(meta.index);
      this.reads.applied(meta.index);
      this.updatePeers();
    } finally {
      this.restoring = false;
      this.schedulePump();
    }
  }

  private snapshotSent(id: string, index: number, outcome: SnapshotOutcome | undefined): void {
    if (this.stopped || !this.core) return;
    if (outcome) this.core.sawTerm(outcome.term, this.nowMs());
    this.core.snapshotSent(id, index, outcome?.installed ?? false, this.nowMs());
    this.schedulePump();
  }

  private updatePeers(): void {
    const { serverId, transport } = this.options;
    const { servers } = this.requireCore().configurations.latest;
    const others = servers.filter(({ id }) => id !== serverId);
    transport.setPeers(new Map(others.map(({ id, address }) => [id, address])));
  }

  private get appliedIndex(): number {
    return this.applier?.appliedIndex ?? 0;
  }

  private requireCore(): RaftCore {
    assert(this.core, 'the consensus node is started');
    return this.core;
  }

  private nowMs(): number {
    return this.options.platform.clock.monotonicMs();
  }
}
