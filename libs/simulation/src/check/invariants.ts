import type { ConsensusStatus, LogEntry, LogWrite } from '@mesh/raft';
import type { DiskContent, DiskObserver } from '../world/sim-disk.ts';

/** A rule of Raft was broken; the run stops here. */
export class InvariantViolation extends Error {}

interface Committed {
  readonly term: number;
  readonly kind: LogEntry['kind'];
  readonly data: Uint8Array;
}

interface Life {
  term: number;
  commitIndex: number;
  lastApplied: number;
}

/**
 * Watches all servers of a cluster for what Raft promises (paper, figure 3): election safety, log
 * matching, leader completeness, state machine safety; and for what persistent state must keep.
 */
export class Invariants {
  /** Every entry that any server applied, by index. */
  private readonly committed = new Map<number, Committed>();
  private highest = { index: 0, term: 0 };
  /** Data of each entry that was ever stored, by index and term. */
  private readonly stored = new Map<string, Committed>();
  private readonly leaders = new Map<number, string>();
  private readonly lives = new Map<string, Life>();

  /** An entry was applied by a server. */
  onApply(server: string, entry: LogEntry): void {
    const { index, term, kind, data } = entry;
    const life = this.lives.get(server);
    if (life) {
      const isNext = life.lastApplied === 0 || index === life.lastApplied + 1;
      if (!isNext) this.fail(`${server} applied ${index} after ${life.lastApplied}`);
      life.lastApplied = index;
    }
    const known = this.committed.get(index);
    if (!known) {
      this.committed.set(index, { term, kind, data });
      if (index > this.highest.index) this.highest = { index, term };
      return;
    }
    if (known.term !== term || !isSame(known.data, data)) {
      this.fail(`state machine safety: ${server} applied another entry at ${index}`);
    }
  }

  /** A server starts to live anew, its state machine at an index. */
  onStart(server: string): void {
    this.lives.set(server, { term: 0, commitIndex: 0, lastApplied: 0 });
  }

  /** Its state machine jumped to a snapshot. */
  onRestore(server: string): void {
    const life = this.lives.get(server);
    if (life) life.lastApplied = 0;
  }

  /** Looks at a server between two events. */
  look(server: string, status: ConsensusStatus): void {
    const life = this.lives.get(server);
    if (!life) return;
    const { term, commitIndex, role, lastLogIndex, lastLogTerm, servers } = status;
    if (term < life.term) this.fail(`${server}: the term fell from ${life.term} to ${term}`);
    if (commitIndex < life.commitIndex) this.fail(`${server}: commitIndex fell to ${commitIndex}`);
    if (commitIndex > lastLogIndex) this.fail(`${server}: commitIndex is beyond the log`);
    life.term = term;
    life.commitIndex = commitIndex;
    if (role !== 'leader') return;
    const leader = this.leaders.get(term);
    if (leader !== undefined && leader !== server) {
      this.fail(`election safety: ${leader} and ${server} lead in term ${term}`);
    }
    if (leader === undefined) {
      this.leaders.set(term, server);
      const isBehind =
        lastLogTerm < this.highest.term ||
        (lastLogTerm === this.highest.term && lastLogIndex < this.highest.index);
      if (isBehind && term > this.highest.term) {
        this.fail(
          `leader completeness: ${server} leads term ${term} without ${this.highest.index}`,
        );
      }
      const self = servers.find(({ id }) => id === server);
      if (self?.suffrage !== 'voter') this.fail(`${server} leads without a vote`);
    }
  }

  /** Watches what one server's disk takes. */
  disk(server: string): DiskObserver {
    return { onWrite: (before, write) => this.onWrite(server, before, write) };
  }

  private onWrite(server: string, { hardState: old }: DiskContent, write: LogWrite): void {
    const { hardState, entries } = write;
    if (hardState) {
      if (hardState.term < old.term) this.fail(`${server} stored an older term`);
      const sameTerm = hardState.term === old.term && old.votedFor !== '';
      if (sameTerm && hardState.votedFor !== old.votedFor) {
        this.fail(`${server} stored a second vote in term ${old.term}`);
      }
    }
    for (const { index, term, kind, data } of entries) {
      const key = `${index}:${term}`;
      const known = this.stored.get(key);
      if (!known) this.stored.set(key, { term, kind, data });
      else if (!isSame(known.data, data)) {
        this.fail(`log matching: two entries at index ${index} of term ${term}`);
      }
    }
  }

  private fail(message: string): never {
    throw new InvariantViolation(message);
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one === other) return true;
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
