import { decodeCompress, encodeCompress } from './compress.ts';
import { malformed } from './malformed.ts';
import { MESSAGE_TYPE } from './message-type.ts';
import type { ErrorMessage, StreamMessage, UserMessage } from './messages.ts';
import { MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';
import { decodePacketMessage, encodePacketMessage } from './packet-message.ts';
import { encodePushPull, MAX_USER_STATE_BYTES, readPushPull } from './push-pull.ts';
import { readStruct, structFields } from './struct.ts';

/** A whole stream, decompressed. */
export const MAX_STREAM_BYTES = 40 * 1024 * 1024;

/**
 * What is written to a stream, before encryption. Compressed always where compression is on, as peers do
 * (gossip-wire.md 1.2).
 */
export function encodeStream(message: StreamMessage, compress: boolean): Uint8Array {
  const plain = encodePlain(message);
  return compress ? encodeCompress(plain) : plain;
}

/** The message of a whole stream, decrypted. Throws MeshError `invalid-argument`. */
export function decodeStream(bytes: Uint8Array): StreamMessage {
  if (bytes[0] !== MESSAGE_TYPE.compress) return decodePlain(bytes);
  const plain = decodeCompress(bytes, MAX_STREAM_BYTES);
  if (plain[0] === MESSAGE_TYPE.compress) throw malformed('a stream compressed twice');
  return decodePlain(plain);
}

function encodePlain(message: StreamMessage): Uint8Array {
  switch (message.kind) {
    case 'ping':
    case 'ack':
      return encodePacketMessage(message);
    case 'pushPull':
      return encodePushPull(message);
    case 'user':
      return new MsgpackWriter(message.body.length + 24)
        .byte(MESSAGE_TYPE.user)
        .map(1)
        .text('UserMsgLen')
        .int(message.body.length)
        .append(message.body)
        .finish();
    case 'error':
      return new MsgpackWriter()
        .byte(MESSAGE_TYPE.error)
        .map(1)
        .text('Error')
        .text(message.error)
        .finish();
  }
}

function decodePlain(bytes: Uint8Array): StreamMessage {
  if (bytes.length === 0) throw malformed('an empty stream');
  const reader = new MsgpackReader(bytes, 1);
  switch (bytes[0]) {
    case MESSAGE_TYPE.ping:
    case MESSAGE_TYPE.ack:
      return decodePacketMessage(bytes) as StreamMessage;
    case MESSAGE_TYPE.pushPull:
      return readPushPull(reader);
    case MESSAGE_TYPE.user:
      return readUser(reader);
    case MESSAGE_TYPE.error:
      return readStruct<{ kind: 'error'; error: string }>(reader, ERROR, {
        kind: 'error',
        error: '',
      }) satisfies ErrorMessage;
    default:
      throw malformed(`the stream type ${bytes[0]}`);
  }
}

function readUser(reader: MsgpackReader): UserMessage {
  return { kind: 'user', body: reader.take(readUserHeader(reader)) };
}

/** Length of the message that follows the header of a user stream. */
export function readUserHeader(reader: MsgpackReader): number {
  return readStruct(reader, USER, { bytes: 0 }).bytes;
}

const USER = structFields<{ bytes: number }>({
  UserMsgLen: (reader, target) => {
    target.bytes = reader.uint(MAX_USER_STATE_BYTES);
  },
});

const ERROR = structFields<{ kind: 'error'; error: string }>({
  Error: (reader, target) => {
    target.error = reader.text();
  },
});
