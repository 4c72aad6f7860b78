import type { HardState, LogEntry, LogPosition, LogWrite, StoredLog } from '@mesh/raft';

/** What a log store holds, as simply as it can be said; and random writes that suit it. */
export class LogModel {
  hardState: HardState = { term: 0, votedFor: '', commitIndex: 0 };
  base: LogPosition = { index: 0, term: 0 };
  entries: LogEntry[] = [];

  get lastIndex(): number {
    return this.base.index + this.entries.length;
  }

  get stored(): StoredLog {
    return { hardState: this.hardState, base: this.base, lastIndex: this.lastIndex };
  }

  apply({ hardState, truncateFrom, base, entries }: LogWrite): void {
    if (hardState) this.hardState = hardState;
    if (truncateFrom !== undefined) {
      this.entries = this.entries.filter(({ index }) => index < truncateFrom);
    }
    if (base) {
      this.entries = this.entries.filter(({ index }) => index > base.index);
      this.base = base;
    }
    this.entries.push(...entries);
  }

  /** A write as consensus makes them: nothing committed is truncated, commit indexes and terms rise. */
  randomWrite(random: () => number): LogWrite {
    const upTo = (most: number) => Math.floor(random() * (most + 1));
    let { term, commitIndex } = this.hardState;
    let last = this.lastIndex;
    let truncateFrom: number | undefined;
    let base: LogPosition | undefined;
    const safe = Math.max(commitIndex, this.base.index);
    if (random() < 0.15 && last > safe) {
      truncateFrom = safe + 1 + upTo(last - safe - 1);
      last = truncateFrom - 1;
      term++;
    }
    if (random() < 0.1) {
      const beyond = random() < 0.3;
      const index = beyond ? last + 1 + upTo(20) : this.base.index + upTo(safe - this.base.index);
      if (index > this.base.index) base = { index, term };
      last = Math.max(last, base?.index ?? 0);
      commitIndex = Math.max(commitIndex, base?.index ?? 0);
    }
    const entries = Array.from({ length: upTo(random() < 0.1 ? 40 : 4) }, (_, at): LogEntry => {
      const data = new Uint8Array(upTo(random() < 0.05 ? 30_000 : 60)).fill(upTo(255));
      return { index: last + 1 + at, term, kind: random() < 0.1 ? 'noop' : 'command', data };
    });
    commitIndex += upTo(last - commitIndex);
    const votedFor = random() < 0.1 ? `server-${upTo(3)}` : this.hardState.votedFor;
    const hardState = { term, votedFor, commitIndex };
    const withState =
      random() < 0.8 || truncateFrom !== undefined || base !== undefined || entries.length === 0;
    return { ...(withState && { hardState }), truncateFrom, base, entries };
  }
}
