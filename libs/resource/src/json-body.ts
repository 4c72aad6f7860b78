import { MeshError, type Shape, utf8Text } from '@mesh/base';

/**
 * A request body as JSON of the given shape. Throws `invalid-argument`, as the original's "Request
 * decode failed".
 */
export function decodeJsonBody<T>(body: Uint8Array, shape: Shape<T>): T {
  try {
    if (body.length === 0) throw new MeshError('invalid-argument', 'the body is empty');
    return shape.decode(JSON.parse(utf8Text(body)), '');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MeshError('invalid-argument', `Request decode failed: ${why}`, { cause });
  }
}
