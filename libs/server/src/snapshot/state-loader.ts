import { MeshError } from '@mesh/base';
import type { Restore } from '@mesh/state';
import { requirePlain } from './plain-value.ts';
import { decodeFacts, decodeRecord, StateDecoder, type StateFacts } from './state-codec.ts';

/** Feeds the bytes of a state into a restore. */
export class StateLoader {
  private readonly decoder = new StateDecoder();
  private readonly restore: Restore;
  private knownFacts: StateFacts | undefined;

  constructor(restore: Restore) {
    this.restore = restore;
  }

  /** What stood in front of the records. Only after end(). */
  get facts(): StateFacts {
    return this.knownFacts!;
  }

  /**
   * Takes the next bytes. Yields after each frame, so that the caller can let others have their
   * turn. Throws MeshError invalid-argument, and is of no further use then.
   */
  *push(chunk: Uint8Array): Generator<void> {
    for (const values of this.decoder.push(chunk)) {
      this.add(values);
      yield;
    }
  }

  /** Throws MeshError invalid-argument when something is missing. */
  end(): void {
    this.decoder.end();
    this.restore.requireComplete();
  }

  private add(values: readonly unknown[]): void {
    try {
      for (const value of values) {
        requirePlain(value);
        if (this.knownFacts) this.restore.add(decodeRecord(value));
        else this.knownFacts = decodeFacts(value);
      }
    } catch (thrown) {
      if (thrown instanceof MeshError) throw thrown;
      throw new MeshError('invalid-argument', `snapshot: a bad record: ${String(thrown)}`);
    }
  }
}

/** Loads all chunks, with a turn for others after each frame. Rejects with MeshError. */
export async function loadState(
  restore: Restore,
  chunks: AsyncIterable<Uint8Array>,
  turn: () => Promise<void>,
): Promise<StateFacts> {
  const loader = new StateLoader(restore);
  for await (const chunk of chunks) {
    for (const _ of loader.push(chunk)) await turn();
  }
  loader.end();
  return loader.facts;
}

/**
 * Looks at the beginning of a state: whether it is of this program and version, and its first records
 * fit the tables. The rest is looked at by who puts it in place.
 */
export class StateGlance {
  private readonly loader: StateLoader;
  private isEnough = false;

  /** `restore` is one that checks only. */
  constructor(restore: Restore) {
    this.loader = new StateLoader(restore);
  }

  /** Throws MeshError invalid-argument. */
  push(chunk: Uint8Array): void {
    if (this.isEnough) return;
    for (const _ of this.loader.push(chunk)) {
      this.isEnough = true;
      return;
    }
  }

  /** Throws MeshError invalid-argument when there was not even a beginning. */
  end(): void {
    if (!this.isEnough) this.loader.end();
  }
}
