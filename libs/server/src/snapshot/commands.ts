import { invalid, MeshError } from '@mesh/base';
import { type ApplyContext, type Command, defineCommand } from '@mesh/resource';
import type { StateStore, WriteTxn } from '@mesh/state';
import { HalfBuilt } from './half-built.ts';
import { StateReplacement } from './state-replacement.ts';
import {
  chunkKey,
  PENDING,
  type PendingRestore,
  pendingRestores,
  snapshotChunks,
} from './table.ts';
import type { AbortPayload, BeginPayload, ChunkPayload, EndPayload } from './types.ts';

const BEGIN = 'snapshot.begin';
const CHUNK = 'snapshot.chunk';
const END = 'snapshot.end';
const ABORT = 'snapshot.abort';

/** Names of the entries for those who propose them; what they do is up to RestoreCommands. */
export const beginEntry: Command<BeginPayload, true> = unbound(BEGIN);
/** See beginEntry. */
export const chunkEntry: Command<ChunkPayload, true> = unbound(CHUNK);
/** See beginEntry. */
export const endEntry: Command<EndPayload, number> = unbound(END);
/** See beginEntry. */
export const abortEntry: Command<AbortPayload, boolean> = unbound(ABORT);

/**
 * A user's snapshot restored through the log: every server builds the new state from the same
 * pieces, and puts it in place at the same entry.
 */
export class RestoreCommands {
  readonly commands: readonly Command[];
  private readonly store: () => StateStore;
  private halfBuilt: HalfBuilt | undefined;

  /** `store` is asked for only while an entry is applied: the store is built from the resources. */
  constructor(store: () => StateStore) {
    this.store = store;
    this.commands = [
      defineCommand<BeginPayload, true>(BEGIN, (txn, payload, context) =>
        this.begin(txn, payload, context),
      ),
      defineCommand<ChunkPayload, true>(CHUNK, (txn, payload) => this.chunk(txn, payload)),
      defineCommand<EndPayload, MeshError>(END, (txn, payload) => this.end(txn, payload)),
      defineCommand<AbortPayload, boolean>(ABORT, (txn, payload) => this.abort(txn, payload)),
    ] as readonly Command<unknown>[] as readonly Command[];
  }

  /**
   * The state is another: what was half built belongs to none. Makes it anew from the rows, slice by
   * slice, so that no entry has to do it at once.
   */
  async rebuild(turn: () => Promise<void>): Promise<void> {
    this.halfBuilt = undefined;
    const view = this.store().view();
    const pending = view.get(pendingRestores, PENDING);
    if (!pending) return;
    const halfBuilt = this.halfBuiltOf(pending);
    for (const _ of halfBuilt.advance(view)) await turn();
  }

  private begin(txn: WriteTxn, { id, bytes, chunks }: BeginPayload, { index }: ApplyContext): true {
    this.clear(txn);
    txn.put(pendingRestores, { id, beganAt: index, bytes, chunks, receivedBytes: 0 });
    return true;
  }

  private chunk(txn: WriteTxn, { id, seq, size, data }: ChunkPayload): true {
    const pending = requirePending(txn, id);
    if (!Number.isSafeInteger(seq) || seq < 0 || seq >= pending.chunks) {
      throw invalid(`snapshot restore: piece ${seq} of ${pending.chunks}`);
    }
    const known = txn.get(snapshotChunks, chunkKey(id, seq));
    if (known) {
      if (known.size === size && sameBytes(known.data, data)) return true;
      throw invalid(`snapshot restore: piece ${seq} twice, and not the same`);
    }
    const receivedBytes = pending.receivedBytes + size;
    if (receivedBytes > pending.bytes) {
      throw invalid(`snapshot restore: more than the ${pending.bytes} bytes that were announced`);
    }
    txn.put(snapshotChunks, { id, seq, size, data });
    txn.put(pendingRestores, { ...pending, receivedBytes });
    this.halfBuiltOf(pending).catchUp(txn);
    return true;
  }

  /** Throws StateReplacement; what cannot be restored is dropped, and the reason is the result. */
  private end(txn: WriteTxn, { id, count }: EndPayload): MeshError {
    const pending = requirePending(txn, id);
    try {
      const { chunks, bytes, receivedBytes } = pending;
      if (count !== chunks || txn.count(snapshotChunks) !== chunks || receivedBytes !== bytes) {
        throw invalid(
          `snapshot restore: ended with ${txn.count(snapshotChunks)} of ${chunks} pieces, ` +
            `${receivedBytes} of ${bytes} bytes`,
        );
      }
      const halfBuilt = this.halfBuiltOf(pending);
      halfBuilt.catchUp(txn);
      const restore = halfBuilt.complete(chunks);
      this.halfBuilt = undefined;
      throw new StateReplacement(restore);
    } catch (thrown) {
      if (!(thrown instanceof MeshError)) throw thrown;
      this.clear(txn);
      return thrown;
    }
  }

  /** True when it was under way. */
  private abort(txn: WriteTxn, { id }: AbortPayload): boolean {
    if (txn.get(pendingRestores, PENDING)?.id !== id) return false;
    this.clear(txn);
    return true;
  }

  private clear(txn: WriteTxn): void {
    txn.deletePrefix(snapshotChunks, '');
    txn.delete(pendingRestores, PENDING);
    this.halfBuilt = undefined;
  }

  private halfBuiltOf(pending: PendingRestore): HalfBuilt {
    if (!this.halfBuilt?.isOf(pending)) this.halfBuilt = new HalfBuilt(this.store(), pending);
    return this.halfBuilt;
  }
}

function requirePending(txn: WriteTxn, id: string): PendingRestore {
  const pending = txn.get(pendingRestores, PENDING);
  if (pending?.id === id) return pending;
  throw new MeshError(
    'conflict',
    'snapshot restore: it is no longer under way; another one has begun, or it has ended',
  );
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

function unbound<P, R>(type: string): Command<P, R> {
  return defineCommand<P, R>(type, () => {
    throw new Error(`assertion failed: ${type} is applied by RestoreCommands`);
  });
}
