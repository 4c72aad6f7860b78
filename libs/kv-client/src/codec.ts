import { utf8Bytes, utf8Text } from '@mesh/base';

/** How values of a store are kept as bytes. */
export interface Codec<T> {
  encode(value: T): Uint8Array;
  /** @throws for bytes that are no such value */
  decode(bytes: Uint8Array): T;
}

/** Values are texts, kept as UTF-8. */
export const textCodec: Codec<string> = { encode: utf8Bytes, decode: utf8Text };

/** Values are bytes, kept as they are. */
export const bytesCodec: Codec<Uint8Array> = {
  encode: (value) => value,
  decode: (bytes) => bytes,
};

/**
 * Values are kept as JSON. @param validate turns what was parsed into a T or throws; without it every JSON
 * value is taken for one
 */
export function jsonCodec<T>(validate: (value: unknown) => T = (value) => value as T): Codec<T> {
  return {
    encode: (value) => utf8Bytes(JSON.stringify(value)),
    decode: (bytes) => validate(JSON.parse(utf8Text(bytes)) as unknown),
  };
}
