import { invalid } from '@mesh/base';
import { Packr, Unpackr } from 'msgpackr';
import { checkMsgpack } from './msgpack-check.ts';

const packr = new Packr({ useRecords: false });
// Decoded bytes must not pin the frame they came in; integers over 2^53 become bigint ('auto' is not
// in the package's types yet).
const unpackr = new Unpackr({ useRecords: false, copyBuffers: true, int64AsType: 'auto' as never });

/** MessagePack of a body: null, booleans, numbers, strings, Uint8Array, arrays, plain objects, undefined. */
export function encodeBody(body: unknown): Buffer {
  return packr.pack(body);
}

/** Most values in the body of a call, nested ones included: what decodes in a few milliseconds. */
export const MAX_REQUEST_VALUES = 262_144;
/** Most values in the body of an answer, which may be a whole catalog. */
export const MAX_ANSWER_VALUES = 4_194_304;

/**
 * Inverse of encodeBody, for bytes that anybody may have sent.
 *
 * @throws MeshError `invalid-argument`
 */
export function decodeBody(bytes: Buffer, maxValues: number): unknown {
  checkMsgpack(bytes, maxValues);
  try {
    return unpackr.unpack(bytes);
  } catch (error) {
    throw invalid(`malformed body: ${error instanceof Error ? error.message : String(error)}`);
  }
}
