import type { ErrorCode } from '@mesh/base';
import { ByteReader, malformed } from '../bytes/byte-reader.ts';
import { ByteWriter, MAX_WHOLE_BYTES, textBound } from '../bytes/byte-writer.ts';
import { MAX_FRAME_BYTES, MAX_FRAME_ITEMS } from '../stream/protocol.ts';

/** Longest method name, bytes. */
export const MAX_METHOD_BYTES = 128;
/** Longest error code, bytes. */
const MAX_CODE_BYTES = 64;
/** Longest error message; what is longer is cut. */
const MAX_ERROR_CHARS = 4096;
const MAX_ERROR_BYTES = MAX_ERROR_CHARS * 3;
/** Longest call, milliseconds: what a 32-bit timer can hold. */
export const MAX_TIMEOUT_MS = 2 ** 31 - 1;
/** Largest body of a call or an answer, bytes. */
export const MAX_BODY_BYTES = MAX_FRAME_BYTES - 4096;

/** What goes from caller to callee; a frame is a sequence of them. */
export type CallItem =
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly timeoutMs: number;
      readonly method: string;
      readonly body: Buffer;
    }
  | { readonly kind: 'cancel'; readonly id: number };

/** What comes back. */
export type AnswerItem =
  | { readonly kind: 'result'; readonly id: number; readonly body: Buffer }
  | {
      readonly kind: 'error';
      readonly id: number;
      readonly code: string;
      readonly message: string;
    };

const CODE = { call: 1, cancel: 2, result: 3, error: 4 } as const;

export function encodeCall(id: number, timeoutMs: number, method: string, body: Buffer): Buffer {
  const writer = new ByteWriter(1 + 3 * MAX_WHOLE_BYTES + textBound(method) + body.length);
  writer.byte(CODE.call);
  writer.whole(id);
  writer.whole(timeoutMs);
  writer.text(method);
  writer.blob(body);
  return writer.finish();
}

export function encodeCancel(id: number): Buffer {
  const writer = new ByteWriter(1 + MAX_WHOLE_BYTES);
  writer.byte(CODE.cancel);
  writer.whole(id);
  return writer.finish();
}

export function encodeResult(id: number, body: Buffer): Buffer {
  const writer = new ByteWriter(1 + 2 * MAX_WHOLE_BYTES + body.length);
  writer.byte(CODE.result);
  writer.whole(id);
  writer.blob(body);
  return writer.finish();
}

export function encodeError(id: number, code: ErrorCode, message: string): Buffer {
  const cut = message.slice(0, MAX_ERROR_CHARS);
  const writer = new ByteWriter(1 + MAX_WHOLE_BYTES + textBound(code) + textBound(cut));
  writer.byte(CODE.error);
  writer.whole(id);
  writer.text(code);
  writer.text(cut);
  return writer.finish();
}

/**
 * What stands in a frame from a caller. Bodies are views of it.
 *
 * @throws MeshError `invalid-argument`
 */
export function decodeCalls(frame: Buffer): CallItem[] {
  return readItems(frame, (reader, code, id) => {
    if (code === CODE.cancel) return { kind: 'cancel', id };
    if (code !== CODE.call) throw malformed('neither a call nor a cancellation');
    const timeoutMs = reader.whole();
    if (timeoutMs > MAX_TIMEOUT_MS) throw malformed('a deadline too far away');
    const method = reader.text(MAX_METHOD_BYTES);
    return { kind: 'call', id, timeoutMs, method, body: reader.blob(MAX_BODY_BYTES) };
  });
}

/**
 * What stands in a frame from a callee. Bodies are views of it.
 *
 * @throws MeshError `invalid-argument`
 */
export function decodeAnswers(frame: Buffer): AnswerItem[] {
  return readItems(frame, (reader, code, id) => {
    if (code === CODE.result) return { kind: 'result', id, body: reader.blob(MAX_BODY_BYTES) };
    if (code !== CODE.error) throw malformed('neither a result nor an error');
    const errorCode = reader.text(MAX_CODE_BYTES);
    return { kind: 'error', id, code: errorCode, message: reader.text(MAX_ERROR_BYTES) };
  });
}

/** Every item starts with its kind and the call's number. */
function readItems<T>(
  frame: Buffer,
  read: (reader: ByteReader, code: number, id: number) => T,
): T[] {
  const reader = new ByteReader(frame);
  const items: T[] = [];
  while (!reader.done) {
    if (items.length >= MAX_FRAME_ITEMS) throw malformed(`over ${MAX_FRAME_ITEMS} items`);
    items.push(read(reader, reader.byte(), reader.whole()));
  }
  return items;
}
