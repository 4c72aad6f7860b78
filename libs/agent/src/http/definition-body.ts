import type { DecodeOptions } from '@mesh/api-contract';
import { invalid, MeshError } from '@mesh/base';

/** Decodes a definition out of a body that was parsed; errors read as those of the body do. */
export function decodeDefinition<T>(
  raw: unknown,
  decode: (value: unknown, path: string, options: DecodeOptions) => T,
): T {
  try {
    return decode(raw, '', { source: 'api' });
  } catch (thrown) {
    throw invalid(`Request decode failed: ${MeshError.from(thrown).message}`);
  }
}
