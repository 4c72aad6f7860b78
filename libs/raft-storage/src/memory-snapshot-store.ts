import { type Clock, MeshError } from '@mesh/base';
import type { SnapshotMeta, SnapshotPosition, SnapshotSink, SnapshotStore } from '@mesh/raft';

interface Held {
  readonly meta: SnapshotMeta;
  readonly chunks: readonly Uint8Array[];
}

/** Holds the newest snapshot in memory: what `agent -dev` runs on. */
export class MemorySnapshotStore implements SnapshotStore {
  private held: Held | undefined;
  private lastMs = 0;
  private readonly clock: Pick<Clock, 'nowMs'>;

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.clock = clock;
  }

  async list(): Promise<readonly SnapshotMeta[]> {
    return this.held ? [this.held.meta] : [];
  }

  async create(position: SnapshotPosition): Promise<SnapshotSink> {
    const chunks: Uint8Array[] = [];
    let sizeBytes = 0;
    const id = this.nextId(position);
    return {
      write: async (chunk) => {
        chunks.push(chunk);
        sizeBytes += chunk.length;
      },
      finish: async () => {
        const meta: SnapshotMeta = { ...position, id, sizeBytes };
        if (!this.held || isNewer(meta, this.held.meta)) this.held = { meta, chunks };
        return meta;
      },
      abort: async () => {
        chunks.length = 0;
      },
    };
  }

  /** A time that was not used before, as it makes the id unique. */
  private nextId({ term, index }: SnapshotPosition): string {
    this.lastMs = Math.max(Math.trunc(this.clock.nowMs()), this.lastMs + 1);
    return `${term}-${index}-${this.lastMs}`;
  }

  read(id: string): AsyncIterable<Uint8Array> {
    return chunksOf(this.held, id);
  }
}

async function* chunksOf(held: Held | undefined, id: string): AsyncIterable<Uint8Array> {
  if (held?.meta.id !== id) throw new MeshError('unavailable', `there is no snapshot ${id}`);
  yield* held.chunks;
}

function isNewer(one: SnapshotMeta, other: SnapshotMeta): boolean {
  return one.term - other.term > 0 || (one.term === other.term && one.index >= other.index);
}
