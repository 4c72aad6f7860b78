import { type Clock, MeshError } from '@mesh/base';
import type { SnapshotMeta, SnapshotPosition, SnapshotSink, SnapshotStore } from '@mesh/raft';

interface Held {
  readonly meta: SnapshotMeta;
  readonly chunks: readonly Uint8Array[];
}

/** Holds the newest snapshot in memory: what `agent -dev` runs on. */
export class MemorySnapshotStore implements SnapshotStore {
  private held: Held | undefined;
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
    const id = `${position.term}-${position.index}-${this.clock.nowMs()}`;
    return {
      write: async (chunk) => {
        chunks.push(chunk);
        sizeBytes += chunk.length;
      },
      finish: async () => {
        const meta: SnapshotMeta = { ...position, id, sizeBytes };
        this.held = { meta, chunks };
        return meta;
      },
      abort: async () => {
        chunks.length = 0;
      },
    };
  }

  async *read(id: string): AsyncIterable<Uint8Array> {
    const { held } = this;
    if (held?.meta.id !== id) throw new MeshError('unavailable', `there is no snapshot ${id}`);
    yield* held.chunks;
  }
}
