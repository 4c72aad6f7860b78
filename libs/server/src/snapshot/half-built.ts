import { inflateRawSync } from 'node:zlib';
import { assert, invalid, MeshError } from '@mesh/base';
import type { Restore, StateStore, StateView } from '@mesh/state';
import { StateLoader } from './state-loader.ts';
import {
  chunkKey,
  type PendingRestore,
  RESTORE_TABLES,
  type SnapshotChunk,
  snapshotChunks,
} from './table.ts';

/**
 * The state that a pending restore will give, as far as its pieces are there. A mere shortcut beside
 * the table: it can be made from the rows again at any time, and comes to the same.
 */
export class HalfBuilt {
  private readonly pending: Pick<PendingRestore, 'id' | 'beganAt'>;
  private readonly restore: Restore;
  private readonly loader: StateLoader;
  private nextSeq = 0;
  private failure: MeshError | undefined;

  constructor(store: StateStore, { id, beganAt }: PendingRestore) {
    this.pending = { id, beganAt };
    this.restore = store.restore({ without: RESTORE_TABLES });
    this.loader = new StateLoader(this.restore);
  }

  isOf({ beganAt }: PendingRestore): boolean {
    return this.pending.beganAt === beganAt;
  }

  /**
   * Takes the pieces that come next, as far as there are any; yields after each bounded piece of
   * work. Never throws: what is wrong with them shows at the end.
   */
  *advance(view: StateView): Generator<void> {
    const { id } = this.pending;
    for (;;) {
      const chunk = view.get(snapshotChunks, chunkKey(id, this.nextSeq));
      if (!chunk) return;
      this.nextSeq++;
      yield* this.load(chunk);
    }
  }

  /** All that there is at once. */
  catchUp(view: StateView): void {
    for (const _ of this.advance(view));
  }

  /** The state, complete, once `chunks` pieces were taken. Throws MeshError when it is none. */
  complete(chunks: number): Restore {
    assert(this.nextSeq === chunks, 'all pieces were taken');
    if (this.failure) throw this.failure;
    this.loader.end();
    return this.restore;
  }

  private *load(chunk: SnapshotChunk): Generator<void> {
    if (this.failure) return;
    try {
      yield* this.loader.push(inflate(chunk));
    } catch (thrown) {
      this.failure = MeshError.from(thrown);
    }
  }
}

/** No more than the piece says that it is, whatever is in it. */
function inflate({ seq, size, data }: SnapshotChunk): Buffer {
  try {
    const bytes = inflateRawSync(data, { maxOutputLength: Math.max(1, size) });
    if (bytes.length === size) return bytes;
  } catch {
    // Not even that: the same to its sender.
  }
  throw invalid(`snapshot: piece ${seq} does not hold the ${size} bytes that it should`);
}
