import { MeshError } from '@mesh/base';
import type { HardState, LogEntry, LogPosition } from '../entry.ts';
import type { LogStore, LogWrite, StoredLog } from '../log-store.ts';
import type {
  SnapshotMeta,
  SnapshotPosition,
  SnapshotSink,
  SnapshotStore,
} from '../snapshot-store.ts';

/** What survives a restart in tests: entries, hard state, snapshots. */
export class MemoryDisk implements LogStore {
  hardState: HardState = { term: 0, votedFor: '', commitIndex: 0 };
  base: LogPosition = { index: 0, term: 0 };
  entries: LogEntry[] = [];
  failure: Error | undefined;
  writes = 0;
  readonly snapshots = new MemorySnapshots();

  get lastIndex(): number {
    return this.entries.at(-1)?.index ?? this.base.index;
  }

  async open(): Promise<StoredLog> {
    return { hardState: this.hardState, base: this.base, lastIndex: this.lastIndex };
  }

  async write({ hardState, truncateFrom, base, entries }: LogWrite): Promise<void> {
    if (this.failure) throw this.failure;
    this.writes++;
    if (hardState) this.hardState = hardState;
    if (truncateFrom !== undefined) {
      this.entries = this.entries.filter(({ index }) => index < truncateFrom);
    }
    if (base) {
      this.entries = this.entries.filter(({ index }) => index > base.index);
      this.base = base;
    }
    for (const entry of entries) {
      if (entry.index !== this.lastIndex + 1) throw new Error(`gap at ${entry.index}`);
      this.entries.push(entry);
    }
  }

  read(from: number, to: number): readonly LogEntry[] {
    const found = this.entries.filter(({ index }) => index >= from && index <= to);
    if (found[0]?.index !== from) throw new Error(`entry ${from} is not stored`);
    return found;
  }

  async close(): Promise<void> {}
}

/** Snapshots in memory. */
export class MemorySnapshots implements SnapshotStore {
  private readonly kept: { meta: SnapshotMeta; chunks: Uint8Array[] }[] = [];

  async list(): Promise<readonly SnapshotMeta[]> {
    return this.kept.map(({ meta }) => meta);
  }

  async create(position: SnapshotPosition): Promise<SnapshotSink> {
    const chunks: Uint8Array[] = [];
    return {
      write: async (chunk) => {
        chunks.push(chunk.slice());
      },
      finish: async () => {
        const sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
        const meta = { ...position, id: `${position.term}-${position.index}`, sizeBytes };
        this.kept.unshift({ meta, chunks });
        this.kept.splice(2);
        return meta;
      },
      abort: async () => {},
    };
  }

  async *read(id: string): AsyncIterable<Uint8Array> {
    const found = this.kept.find(({ meta }) => meta.id === id);
    if (!found) throw new MeshError('unavailable', `no snapshot ${id}`);
    yield* found.chunks;
  }
}
