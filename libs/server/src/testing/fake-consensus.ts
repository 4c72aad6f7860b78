import { MeshError } from '@mesh/base';
import type {
  ConfigurationChange,
  Consensus,
  ConsensusStatus,
  Leadership,
  LogEntry,
  PeerProgress,
  ReadMode,
  ServerInfo,
  SnapshotMeta,
} from '@mesh/raft';

type Apply = (entries: readonly LogEntry[]) => readonly unknown[];

/** What the servers of a FakeCluster share: the committed log and who leads. */
export class FakeCluster {
  readonly log: LogEntry[] = [];
  readonly members: FakeConsensus[] = [];
  servers: ServerInfo[] = [];
  configurationIndex = 0;
  leader: FakeConsensus | undefined;
  term = 1;

  /** Nobody leads any more. */
  depose(): void {
    this.leader = undefined;
    for (const member of this.members) member.announce();
  }

  elect(leader: FakeConsensus): void {
    this.leader = leader;
    this.term++;
    this.append('noop', new Uint8Array());
    for (const member of this.members) member.announce();
  }

  append(kind: LogEntry['kind'], data: Uint8Array): LogEntry {
    const entry = { index: this.log.length + 1, term: this.term, kind, data };
    this.log.push(entry);
    return entry;
  }
}

/** Consensus by decree of the test. Followers apply when they are told to, or asked for a read index. */
export class FakeConsensus implements Consensus {
  /** A leader whose lease has run out. */
  hasLease = true;
  /** Cut off from the others: no read index, and proposals are lost. */
  isCutOff = false;
  /** Thrown by the next proposal, which has no effect. */
  proposalError: MeshError | undefined;
  lastContactMs = 3;
  readIndexCalls: ReadMode[] = [];
  changes: ConfigurationChange[] = [];
  /** Thrown by the next changes of configuration, in order. */
  readonly changeErrors: MeshError[] = [];
  transfers = 0;
  /** Of followers, by id; those that are not named never answered. */
  readonly answeredMs = new Map<string, number>();
  private applied = 0;
  private readonly listeners = new Set<(leadership: Leadership) => void>();
  readonly id: string;
  readonly address: string;
  private readonly cluster: FakeCluster;
  private readonly apply: Apply;

  constructor(id: string, address: string, cluster: FakeCluster, apply: Apply = () => []) {
    this.id = id;
    this.address = address;
    this.cluster = cluster;
    this.apply = apply;
    cluster.members.push(this);
  }

  get isLeader(): boolean {
    return this.cluster.leader === this;
  }

  announce(): void {
    for (const listener of [...this.listeners]) listener(this.leadership());
  }

  /** Applies what is committed; the outcome of the last entry. */
  catchUp(): unknown {
    const entries = this.cluster.log.slice(this.applied);
    this.applied = this.cluster.log.length;
    return this.apply(entries).at(-1);
  }

  status(): ConsensusStatus {
    const { log, term, servers, configurationIndex, leader } = this.cluster;
    return {
      role: this.isLeader ? 'leader' : 'follower',
      term,
      commitIndex: log.length,
      lastApplied: this.applied,
      lastLogIndex: log.length,
      lastLogTerm: log.at(-1)?.term ?? 0,
      lastSnapshotIndex: 0,
      lastSnapshotTerm: 0,
      pending: log.length - this.applied,
      leaderId: leader?.id ?? '',
      leaderAddress: leader?.address ?? '',
      lastContactMs: this.isLeader ? 0 : this.lastContactMs,
      servers,
      configurationIndex,
    };
  }

  progress(): readonly PeerProgress[] {
    const others = this.cluster.servers.filter(({ id }) => id !== this.id);
    return others.map(({ id }) => ({
      id,
      matchIndex: this.cluster.log.length,
      lastContactMs: this.answeredMs.get(id) ?? -1,
    }));
  }

  async propose(data: Uint8Array): Promise<unknown> {
    const error = this.proposalError;
    this.proposalError = undefined;
    if (error) throw error;
    if (!this.isLeader) throw new MeshError('no-leader', 'No cluster leader');
    this.cluster.append('command', data);
    const outcome = this.catchUp();
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  canReadNow(): boolean {
    return this.isLeader && this.hasLease && !this.isCutOff;
  }

  async readIndex(mode: ReadMode): Promise<void> {
    this.readIndexCalls.push(mode);
    await Promise.resolve();
    if (!this.cluster.leader || this.isCutOff) throw new MeshError('no-leader', 'none known');
    this.catchUp();
  }

  onLeadership(listener: (leadership: Leadership) => void): () => void {
    this.listeners.add(listener);
    listener(this.leadership());
    return () => this.listeners.delete(listener);
  }

  async changeConfiguration(change: ConfigurationChange): Promise<void> {
    const error = this.changeErrors.shift();
    if (error) throw error;
    if (!this.isLeader) throw new MeshError('no-leader', 'No cluster leader');
    this.changes.push(change);
    const { cluster } = this;
    const known = cluster.servers.find(({ id }) => id === change.id);
    const others = cluster.servers.filter(({ id }) => id !== change.id);
    if (change.kind === 'remove') cluster.servers = others;
    else if (change.kind === 'demote') {
      cluster.servers = known ? [...others, { ...known, suffrage: 'non-voter' }] : others;
    } else {
      const suffrage = change.kind === 'add-voter' ? 'voter' : (known?.suffrage ?? 'non-voter');
      cluster.servers = [...others, { id: change.id, address: change.address, suffrage }];
    }
    cluster.configurationIndex = cluster.append('configuration', new Uint8Array()).index;
  }

  async transferLeadership(): Promise<void> {
    this.transfers++;
    const voters = this.cluster.servers.filter(({ suffrage }) => suffrage === 'voter');
    const { members } = this.cluster;
    const next = members.find(
      (member) => member !== this && voters.some(({ id }) => id === member.id),
    );
    if (!next) throw new MeshError('unavailable', 'nobody to hand over to');
    this.cluster.elect(next);
  }

  async bootstrap(servers: readonly ServerInfo[]): Promise<void> {
    const { cluster } = this;
    if (cluster.log.length > 0) throw new MeshError('conflict', 'there is state');
    cluster.servers = [...servers];
    cluster.configurationIndex = cluster.append('configuration', new Uint8Array()).index;
  }

  async snapshot(): Promise<SnapshotMeta | undefined> {
    return undefined;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    if (this.isLeader) this.cluster.depose();
  }

  private leadership(): Leadership {
    const { leader } = this.cluster;
    if (this.isCutOff && !this.isLeader) return { leading: false, leaderId: '', leaderAddress: '' };
    if (this.isLeader) this.catchUp();
    return {
      leading: this.isLeader,
      leaderId: leader?.id ?? '',
      leaderAddress: leader?.address ?? '',
    };
  }
}
