import { ipBytes, ipText } from '../address.ts';
import { malformed } from './malformed.ts';
import { MESSAGE_TYPE } from './message-type.ts';
import type {
  AckMessage,
  AliveMessage,
  DeadMessage,
  IndirectPingMessage,
  NackMessage,
  PacketMessage,
  PingMessage,
  PingSource,
  SuspectMessage,
  Versions,
} from './messages.ts';
import { MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';
import { readStruct, structFields } from './struct.ts';

const U32 = 0xffff_ffff;
const PORT = 0xffff;
const NOTHING = new Uint8Array();
/** Tags of a member, bytes. */
const MAX_META_BYTES = 512;
/** Names and addresses of this length are refused: no honest one has them. */
const MAX_NAME_CHARS = 1024;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What was read last: members of a pool speak the same versions, so that most share these; some have equal tags. */
let lastVersions: Versions = [0, 0, 0, 0, 0, 0];
let lastMeta: Uint8Array = NOTHING;

/** A message with its type byte, as a packet carries it (gossip-wire.md section 2). */
export function encodePacketMessage(message: PacketMessage): Uint8Array {
  switch (message.kind) {
    case 'ping':
      return encodePing(message);
    case 'indirectPing':
      return encodeIndirectPing(message);
    case 'ack':
      return start(MESSAGE_TYPE.ack, 2)
        .text('Payload')
        .raw(message.payload)
        .text('SeqNo')
        .int(message.seqNo)
        .finish();
    case 'nack':
      return start(MESSAGE_TYPE.nack, 1).text('SeqNo').int(message.seqNo).finish();
    case 'alive':
      return encodeAlive(message);
    case 'suspect':
    case 'dead':
      return start(message.kind === 'dead' ? MESSAGE_TYPE.dead : MESSAGE_TYPE.suspect, 3)
        .text('From')
        .text(message.from)
        .text('Incarnation')
        .int(message.incarnation)
        .text('Node')
        .text(message.node)
        .finish();
    case 'user':
      return new MsgpackWriter(message.body.length + 1)
        .byte(MESSAGE_TYPE.user)
        .append(message.body)
        .finish();
  }
}

/** The message of a type byte and its body. Throws MeshError `invalid-argument`. */
export function decodePacketMessage(bytes: Uint8Array): PacketMessage {
  if (bytes.length === 0) throw malformed('an empty message');
  if (bytes[0] === MESSAGE_TYPE.user) return { kind: 'user', body: bytes.subarray(1) };
  const reader = new MsgpackReader(bytes, 1);
  switch (bytes[0]) {
    case MESSAGE_TYPE.ping:
      return readStruct<Mutable<PingMessage>>(reader, PING, { kind: 'ping', seqNo: 0, node: '' });
    case MESSAGE_TYPE.indirectPing:
      return readStruct<Mutable<IndirectPingMessage>>(reader, INDIRECT, {
        kind: 'indirectPing',
        seqNo: 0,
        node: '',
        targetHost: '',
        targetPort: 0,
        nack: false,
      });
    case MESSAGE_TYPE.ack:
      return readStruct<Mutable<AckMessage>>(reader, ACK, {
        kind: 'ack',
        seqNo: 0,
        payload: undefined,
      });
    case MESSAGE_TYPE.nack:
      return readStruct<Mutable<NackMessage>>(reader, NACK, { kind: 'nack', seqNo: 0 });
    case MESSAGE_TYPE.suspect:
      return readStruct<Mutable<SuspectMessage>>(reader, ACCUSATION, accusation('suspect'));
    case MESSAGE_TYPE.dead:
      return readStruct<Mutable<DeadMessage>>(reader, ACCUSATION, accusation('dead'));
    case MESSAGE_TYPE.alive:
      return readStruct<Mutable<AliveMessage>>(reader, ALIVE, {
        kind: 'alive',
        incarnation: 0,
        node: '',
        host: '',
        port: 0,
        meta: NOTHING,
        versions: undefined,
      });
    default:
      throw malformed(`the message type ${bytes[0]}`);
  }
}

/** The six version bytes; undefined where there are fewer, as then a member must not be acted on. */
export function readVersions(reader: MsgpackReader): Versions | undefined {
  const bytes = reader.raw();
  if (!bytes || bytes.length < 6) return undefined;
  for (let at = 0; at < 6; at++) {
    if (bytes[at] === lastVersions[at]) continue;
    lastVersions = [bytes[0]!, bytes[1]!, bytes[2]!, bytes[3]!, bytes[4]!, bytes[5]!];
    break;
  }
  return lastVersions;
}

/** An address in network order; '' for nil and for none. */
export function readHost(reader: MsgpackReader): string {
  const bytes = reader.raw();
  return bytes && bytes.length > 0 ? ipText(bytes) : '';
}

/** The bytes of an address; undefined, which is nil, for ''. Throws MeshError where the text is none. */
export function hostBytes(host: string): Uint8Array | undefined {
  return host === '' ? undefined : ipBytes(host);
}

/** A member's tags, a copy: it outlives its packet. Not to be changed. */
export function readMeta(reader: MsgpackReader): Uint8Array {
  const bytes = reader.raw();
  if (!bytes) return NOTHING;
  if (bytes.length > MAX_META_BYTES) throw malformed(`tags of ${bytes.length} bytes`);
  if (!isSame(bytes, lastMeta)) lastMeta = new Uint8Array(bytes);
  return lastMeta;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}

/** A member's name. */
export function readName(reader: MsgpackReader): string {
  const name = reader.text();
  if (name.length > MAX_NAME_CHARS) throw malformed(`a name of ${name.length} characters`);
  return name;
}

function start(type: number, fields: number): MsgpackWriter {
  return new MsgpackWriter(160).byte(type).map(fields);
}

function encodePing(message: PingMessage): Uint8Array {
  const writer = start(MESSAGE_TYPE.ping, 2 + sourceFields(message))
    .text('Node')
    .text(message.node)
    .text('SeqNo')
    .int(message.seqNo);
  return writeSource(writer, message).finish();
}

function encodeIndirectPing(message: IndirectPingMessage): Uint8Array {
  const writer = start(MESSAGE_TYPE.indirectPing, 5 + sourceFields(message))
    .text('Nack')
    .bool(message.nack)
    .text('Node')
    .text(message.node)
    .text('Port')
    .int(message.targetPort)
    .text('SeqNo')
    .int(message.seqNo);
  return writeSource(writer, message).text('Target').raw(hostBytes(message.targetHost)).finish();
}

function encodeAlive(message: AliveMessage): Uint8Array {
  const { versions } = message;
  return start(MESSAGE_TYPE.alive, 6)
    .text('Addr')
    .raw(hostBytes(message.host))
    .text('Incarnation')
    .int(message.incarnation)
    .text('Meta')
    .raw(message.meta.length > 0 ? message.meta : undefined)
    .text('Node')
    .text(message.node)
    .text('Port')
    .int(message.port)
    .text('Vsn')
    .raw(versions && Uint8Array.from(versions))
    .finish();
}

function sourceFields({ sourceHost, sourceNode, sourcePort }: PingSource): number {
  return (sourceHost ? 1 : 0) + (sourceNode ? 1 : 0) + (sourcePort ? 1 : 0);
}

/** Fields that say who asks; left out where they are empty. */
function writeSource(writer: MsgpackWriter, source: PingSource): MsgpackWriter {
  const { sourceHost, sourceNode, sourcePort } = source;
  if (sourceHost) writer.text('SourceAddr').raw(ipBytes(sourceHost));
  if (sourceNode) writer.text('SourceNode').text(sourceNode);
  if (sourcePort) writer.text('SourcePort').int(sourcePort);
  return writer;
}

function accusation<K extends 'suspect' | 'dead'>(kind: K) {
  return { kind, incarnation: 0, node: '', from: '' };
}

const SOURCE = {
  SourceAddr: (reader: MsgpackReader, target: Mutable<PingSource>) => {
    const host = readHost(reader);
    if (host !== '') target.sourceHost = host;
  },
  SourcePort: (reader: MsgpackReader, target: Mutable<PingSource>) => {
    target.sourcePort = reader.uint(PORT);
  },
  SourceNode: (reader: MsgpackReader, target: Mutable<PingSource>) => {
    target.sourceNode = readName(reader);
  },
};

const SEQ_NO = (reader: MsgpackReader, target: { seqNo: number }) => {
  target.seqNo = reader.uint(U32);
};
const NODE = (reader: MsgpackReader, target: { node: string }) => {
  target.node = readName(reader);
};
const INCARNATION = (reader: MsgpackReader, target: { incarnation: number }) => {
  target.incarnation = reader.uint(U32);
};

const PING = structFields<Mutable<PingMessage>>({ SeqNo: SEQ_NO, Node: NODE, ...SOURCE });
const INDIRECT = structFields<Mutable<IndirectPingMessage>>({
  SeqNo: SEQ_NO,
  Target: (reader, target) => {
    target.targetHost = readHost(reader);
  },
  Port: (reader, target) => {
    target.targetPort = reader.uint(PORT);
  },
  Node: NODE,
  Nack: (reader, target) => {
    target.nack = reader.bool();
  },
  ...SOURCE,
});
const ACK = structFields<Mutable<AckMessage>>({
  SeqNo: SEQ_NO,
  Payload: (reader, target) => {
    target.payload = reader.raw();
  },
});
const NACK = structFields<Mutable<NackMessage>>({ SeqNo: SEQ_NO });
const ACCUSATION = structFields<Mutable<SuspectMessage> | Mutable<DeadMessage>>({
  Incarnation: INCARNATION,
  Node: NODE,
  From: (reader, target) => {
    target.from = readName(reader);
  },
});
const ALIVE = structFields<Mutable<AliveMessage>>({
  Incarnation: INCARNATION,
  Node: NODE,
  Addr: (reader, target) => {
    target.host = readHost(reader);
  },
  Port: (reader, target) => {
    target.port = reader.uint(PORT);
  },
  Meta: (reader, target) => {
    target.meta = readMeta(reader);
  },
  Vsn: (reader, target) => {
    target.versions = readVersions(reader);
  },
});
