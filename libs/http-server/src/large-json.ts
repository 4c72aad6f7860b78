import { setImmediate as nextTurn } from 'node:timers/promises';
import { encodeJson } from './json-encode.ts';

/** Longer lists are encoded in slices. */
export const LARGE_LIST = 256;
/** Time that encoding may hold the event loop at a stretch, milliseconds. */
const SLICE_MS = 2;
/** Encoded size that a batch aims at, characters. */
const BATCH_TARGET = 64 * 1024;
const MAX_BATCH = 1024;

/**
 * Encodes a long list without holding up everything else: the result is that of encodeJson, byte for byte.
 * The elements must not change meanwhile.
 */
export async function encodeLargeList(
  list: readonly unknown[],
  pretty: boolean,
  nowMs: () => number,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const suffix = pretty ? '\n]\n' : ']';
  let batch = 16;
  let sliceEndMs = nowMs() + SLICE_MS;
  for (let at = 0; at < list.length; ) {
    const text = encodeJson(list.slice(at, at + batch), pretty);
    const start = at === 0 ? '[' : ',';
    pieces.push(Buffer.from(start + text.slice(1, text.length - suffix.length)));
    at += batch;
    batch = Math.min(MAX_BATCH, Math.max(1, Math.floor((batch * BATCH_TARGET) / text.length)));
    if (nowMs() >= sliceEndMs && at < list.length) {
      await nextTurn();
      sliceEndMs = nowMs() + SLICE_MS;
    }
  }
  pieces.push(Buffer.from(suffix));
  return Buffer.concat(pieces);
}
