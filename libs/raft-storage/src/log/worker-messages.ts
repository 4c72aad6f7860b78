import type { WriteHead } from './write-codec.ts';

/** What the log's worker is told to do, one at a time. */
export type WorkerOrder =
  | { readonly kind: 'write'; readonly head: WriteHead; readonly bytes: ArrayBuffer }
  | { readonly kind: 'close' };

/** One answer to the start and to each order. */
export type WorkerAnswer =
  | { readonly kind: 'opened' | 'written' | 'closed' }
  | { readonly kind: 'failed'; readonly error: string };
