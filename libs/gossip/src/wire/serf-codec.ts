import { malformed } from './malformed.ts';
import { MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';
import { readKeyRequest, readKeyResponse, writeKeyRequest, writeKeyResponse } from './serf-keys.ts';
import { readConflict, writeConflict } from './serf-member.ts';
import type { JoinIntent, LeaveIntent, SerfMessage, UserEventMessage } from './serf-messages.ts';
import { readSerfPushPull, writeSerfPushPull } from './serf-push-pull.ts';
import {
  readQuery,
  readRelay,
  readResponse,
  writeQuery,
  writeRelay,
  writeResponse,
} from './serf-query.ts';
import { readLamport, readName, readStruct, structFields } from './serf-struct.ts';

/** First byte of each message. */
export const SERF_TYPE = {
  leave: 0,
  join: 1,
  pushPull: 2,
  userEvent: 3,
  query: 4,
  queryResponse: 5,
  conflictResponse: 6,
  keyRequest: 7,
  keyResponse: 8,
  relay: 9,
} as const satisfies Readonly<Record<SerfMessage['kind'], number>>;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A message with its type byte. */
export function encodeSerf(message: SerfMessage): Uint8Array {
  const writer = new MsgpackWriter().byte(SERF_TYPE[message.kind]);
  write(writer, message);
  return writer.finish();
}

/** The message of a type byte and its body. Throws MeshError `invalid-argument`. */
export function decodeSerf(bytes: Uint8Array): SerfMessage {
  if (bytes.length === 0) throw malformed('an empty serf message');
  const reader = new MsgpackReader(bytes, 1);
  switch (bytes[0]) {
    case SERF_TYPE.leave:
      return readStruct<Mutable<LeaveIntent>>(reader, LEAVE, {
        kind: 'leave',
        lamportTime: 0,
        node: '',
        prune: false,
      });
    case SERF_TYPE.join:
      return readStruct<Mutable<JoinIntent>>(reader, JOIN, {
        kind: 'join',
        lamportTime: 0,
        node: '',
      });
    case SERF_TYPE.pushPull:
      return readSerfPushPull(reader);
    case SERF_TYPE.userEvent:
      return readStruct<Mutable<UserEventMessage>>(reader, EVENT, {
        kind: 'userEvent',
        lamportTime: 0,
        name: '',
        payload: new Uint8Array(),
        coalesce: false,
      });
    case SERF_TYPE.query:
      return readQuery(reader);
    case SERF_TYPE.queryResponse:
      return readResponse(reader);
    case SERF_TYPE.conflictResponse:
      return readConflict(reader);
    case SERF_TYPE.keyRequest:
      return readKeyRequest(reader);
    case SERF_TYPE.keyResponse:
      return readKeyResponse(reader);
    case SERF_TYPE.relay:
      return readRelay(reader);
    default:
      throw malformed(`the serf message type ${bytes[0]}`);
  }
}

function write(writer: MsgpackWriter, message: SerfMessage): void {
  switch (message.kind) {
    case 'leave':
      writer.map(3).text('LTime').int(message.lamportTime).text('Node').text(message.node);
      writer.text('Prune').bool(message.prune);
      break;
    case 'join':
      writer.map(2).text('LTime').int(message.lamportTime).text('Node').text(message.node);
      break;
    case 'userEvent':
      writer.map(4).text('CC').bool(message.coalesce).text('LTime').int(message.lamportTime);
      writer.text('Name').text(message.name).text('Payload').raw(message.payload);
      break;
    case 'pushPull':
      writeSerfPushPull(writer, message);
      break;
    case 'query':
      writeQuery(writer, message);
      break;
    case 'queryResponse':
      writeResponse(writer, message);
      break;
    case 'conflictResponse':
      writeConflict(writer, message);
      break;
    case 'keyRequest':
      writeKeyRequest(writer, message);
      break;
    case 'keyResponse':
      writeKeyResponse(writer, message);
      break;
    case 'relay':
      writeRelay(writer, message);
      break;
  }
}

const LAMPORT = (reader: MsgpackReader, target: { lamportTime: number }) => {
  target.lamportTime = readLamport(reader);
};
const NODE = (reader: MsgpackReader, target: { node: string }) => {
  target.node = readName(reader);
};

const JOIN = structFields<Mutable<JoinIntent>>({ LTime: LAMPORT, Node: NODE });
const LEAVE = structFields<Mutable<LeaveIntent>>({
  LTime: LAMPORT,
  Node: NODE,
  Prune: (reader, target) => {
    target.prune = reader.bool();
  },
});
const EVENT = structFields<Mutable<UserEventMessage>>({
  LTime: LAMPORT,
  Name: (reader, target) => {
    target.name = reader.text();
  },
  Payload: (reader, target) => {
    target.payload = reader.rawCopy() ?? new Uint8Array();
  },
  CC: (reader, target) => {
    target.coalesce = reader.bool();
  },
});
