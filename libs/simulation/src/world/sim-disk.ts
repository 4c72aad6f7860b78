import { MeshError } from '@mesh/base';
import type {
  HardState,
  LogEntry,
  LogPosition,
  LogStore,
  LogWrite,
  SnapshotMeta,
  SnapshotPosition,
  SnapshotSink,
  SnapshotStore,
  StoredLog,
} from '@mesh/raft';
import type { SeededRandom } from './seeded-random.ts';
import type { SimPlatform } from './sim-platform.ts';

/** What a disk does to those who use it. */
export interface DiskSettings {
  /** Longest time of a write, milliseconds. */
  slowestMs: number;
  isFull: boolean;
  /** Share of writes during which the process dies; of those that hold a vote, far more. */
  crashRatio: number;
}

/** Looks at everything that becomes durable. */
export interface DiskObserver {
  onWrite(before: DiskContent, write: LogWrite): void;
}

/** The log on a disk. */
export interface DiskContent {
  readonly hardState: HardState;
  readonly base: LogPosition;
  readonly entries: readonly LogEntry[];
}

interface StoredSnapshot {
  readonly meta: SnapshotMeta;
  readonly chunks: readonly Uint8Array[];
}

/** What survives the crashes of a server: writes that were done, and perhaps the one under way. */
export class SimDisk {
  readonly settings: DiskSettings = { slowestMs: 3, isFull: false, crashRatio: 0 };
  content: DiskContent = {
    hardState: { term: 0, votedFor: '', commitIndex: 0 },
    base: { index: 0, term: 0 },
    entries: [],
  };
  snapshots: readonly StoredSnapshot[] = [];
  private readonly random: SeededRandom;
  private readonly observer: DiskObserver;
  private underWay: LogWrite | undefined;

  private readonly onCrash: () => void;

  constructor(random: SeededRandom, observer: DiskObserver, onCrash: () => void) {
    this.random = random;
    this.observer = observer;
    this.onCrash = onCrash;
  }

  /** The log as one life of a process uses it. */
  logStore(platform: SimPlatform): LogStore {
    return {
      open: async () => this.stored(),
      write: (write) => this.write(platform, write),
      read: (from, to, maxBytes) => this.read(from, to, maxBytes),
      close: async () => {},
    };
  }

  /** The snapshots as one life of a process uses them. */
  snapshotStore(platform: SimPlatform): SnapshotStore {
    return {
      list: async () => this.snapshots.map(({ meta }) => meta),
      create: async (position) => this.sink(platform, position),
      read: (id) => this.readSnapshot(id),
    };
  }

  /** The process dies: a write under way is done as a whole or not at all. */
  crash(): void {
    const write = this.underWay;
    this.underWay = undefined;
    if (write && this.random.chance(0.5)) this.apply(write);
  }

  get lastIndex(): number {
    return this.content.entries.at(-1)?.index ?? this.content.base.index;
  }

  private stored(): StoredLog {
    const { hardState, base } = this.content;
    return { hardState, base, lastIndex: this.lastIndex };
  }

  private write(platform: SimPlatform, write: LogWrite): Promise<void> {
    // What the code of a dead process still does reaches no disk.
    if (!platform.alive) return new Promise(() => {});
    if (this.underWay) throw new Error('one write at a time');
    this.underWay = write;
    const holdsVote = write.hardState?.votedFor !== this.content.hardState.votedFor;
    if (this.random.chance(this.settings.crashRatio * (holdsVote ? 30 : 1))) {
      const inMs = this.random.between(0, this.settings.slowestMs);
      platform.schedule(inMs, () => {
        if (this.underWay === write) this.onCrash();
      });
    }
    return new Promise((resolve, reject) => {
      platform.schedule(this.random.between(0.1, this.settings.slowestMs), () => {
        this.underWay = undefined;
        if (this.settings.isFull) {
          reject(new MeshError('unavailable', 'log write failed: no space left'));
          return;
        }
        this.apply(write);
        resolve();
      });
    });
  }

  private apply(write: LogWrite): void {
    this.observer.onWrite(this.content, write);
    const { hardState, truncateFrom, base, entries } = write;
    let kept = this.content.entries;
    if (truncateFrom !== undefined) kept = kept.filter(({ index }) => index < truncateFrom);
    if (base) kept = kept.filter(({ index }) => index > base.index);
    const nextBase = base ?? this.content.base;
    const all = entries.length > 0 ? [...kept, ...entries] : kept;
    all.forEach((entry, at) => {
      if (entry.index !== nextBase.index + 1 + at) throw new Error(`gap at ${entry.index}`);
    });
    this.content = {
      hardState: hardState ?? this.content.hardState,
      base: nextBase,
      entries: all,
    };
  }

  private read(from: number, to: number, maxBytes: number): readonly LogEntry[] {
    const { entries, base } = this.content;
    const found: LogEntry[] = [];
    let bytes = 0;
    for (let index = from; index <= to; index++) {
      const entry = entries[index - base.index - 1];
      if (!entry) break;
      bytes += entry.data.length;
      if (found.length > 0 && bytes > maxBytes) break;
      found.push(entry);
    }
    return found;
  }

  private sink(platform: SimPlatform, position: SnapshotPosition): SnapshotSink {
    const chunks: Uint8Array[] = [];
    const delayed = <T>(what: () => T) =>
      new Promise<T>((resolve, reject) => {
        platform.schedule(this.random.between(0.1, this.settings.slowestMs), () => {
          if (this.settings.isFull) reject(new MeshError('unavailable', 'no space left'));
          else resolve(what());
        });
      });
    return {
      write: (chunk) => delayed(() => void chunks.push(chunk)),
      finish: () =>
        delayed(() => {
          const sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
          const id = `${position.term}-${position.index}-${this.random.whole(0, 1e9)}`;
          const meta: SnapshotMeta = { ...position, id, sizeBytes };
          const all = [{ meta, chunks }, ...this.snapshots];
          this.snapshots = all.sort((a, b) => b.meta.index - a.meta.index).slice(0, 2);
          return meta;
        }),
      abort: async () => {},
    };
  }

  private async *readSnapshot(id: string): AsyncIterable<Uint8Array> {
    const found = this.snapshots.find(({ meta }) => meta.id === id);
    if (!found) throw new MeshError('unavailable', `no snapshot ${id}`);
    yield* found.chunks;
  }
}
