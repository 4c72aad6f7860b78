import { compressLzw, decompressLzw } from './lzw.ts';
import { malformed } from './malformed.ts';
import { MESSAGE_TYPE } from './message-type.ts';
import { MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';
import { readStruct, structFields } from './struct.ts';

/** The one algorithm there is. */
const LZW = 0;

/** A compress message around other messages (gossip-wire.md 1.8). */
export function encodeCompress(message: Uint8Array): Uint8Array {
  const buffer = compressLzw(message);
  return new MsgpackWriter(buffer.length + 24)
    .byte(MESSAGE_TYPE.compress)
    .map(2)
    .text('Algo')
    .int(LZW)
    .text('Buf')
    .raw(buffer)
    .finish();
}

interface Compressed {
  algorithm: number;
  buffer: Uint8Array;
}

const FIELDS = structFields<Compressed>({
  Algo: (reader, target) => {
    target.algorithm = reader.uint(255);
  },
  Buf: (reader, target) => {
    target.buffer = reader.raw() ?? new Uint8Array();
  },
});

/** What a compress message (its type byte included) holds, at most `maxBytes` of it. */
export function decodeCompress(message: Uint8Array, maxBytes: number): Uint8Array {
  const target = { algorithm: 0, buffer: new Uint8Array() };
  const { algorithm, buffer } = readStruct<Compressed>(
    new MsgpackReader(message, 1),
    FIELDS,
    target,
  );
  if (algorithm !== LZW) throw malformed(`the compression ${algorithm}`);
  return decompressLzw(buffer, maxBytes);
}
