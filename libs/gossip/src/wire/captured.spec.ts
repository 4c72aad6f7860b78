/** Packets and streams captured between real agents decode to what was recorded, and re-encode byte for byte. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeCompress } from './compress.ts';
import { decodeCoordinate, encodeCoordinate } from './coordinate-payload.ts';
import { compressLzw, decompressLzw } from './lzw.ts';
import { MESSAGE_TYPE } from './message-type.ts';
import type { PacketMessage, PushPullNode, StreamMessage } from './messages.ts';
import { packPacket, unpackPacket } from './packet.ts';
import { decodePacketMessage, encodePacketMessage } from './packet-message.ts';
import { decodeFilter, encodeFilter } from './query-filter.ts';
import { decodeSerf, encodeSerf } from './serf-codec.ts';
import type { SerfMessage } from './serf-messages.ts';
import { decodeStream, encodeStream } from './stream.ts';
import { StreamScanner } from './stream-scanner.ts';
import { decodeTags, encodeTags } from './tags.ts';

interface Fixture {
  readonly name: string;
  readonly transport: 'udp' | 'tcp-request' | 'tcp-response';
  readonly hex: string;
  readonly decoded: {
    readonly label?: string;
    readonly encrypted?: { readonly plainHex: string };
    readonly msg: Recorded;
  };
}

type Body = Record<string, unknown>;

/** A message as it was recorded, what it holds included. */
interface Recorded {
  readonly ml?: string;
  readonly serf?: string;
  readonly body?: Body;
  readonly header?: Body;
  readonly nodes?: readonly Body[];
  readonly userState?: Recorded | '';
  readonly parts?: readonly Recorded[];
  readonly inner?: Recorded;
}

const FOLDER = join(__dirname, '..', '..', 'testdata');
const files = readdirSync(FOLDER).filter((name) => name !== 'lzw-vectors.json');
const all = files.flatMap((file) => {
  const { fixtures } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as {
    fixtures: Fixture[];
  };
  return fixtures.map((fixture, at) => [`${file} ${at} ${fixture.name}`, fixture] as const);
});
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const unhex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

/** What was inside the label and the encryption. */
function plainOf({ hex: whole, decoded, transport }: Fixture): Uint8Array {
  if (decoded.encrypted) return unhex(decoded.encrypted.plainHex);
  const hasLabel = decoded.label !== undefined && transport !== 'tcp-response';
  return unhex(whole).subarray(hasLabel ? 2 + decoded.label!.length : 0);
}

const packets = all.filter(([, { transport }]) => transport === 'udp');
const streams = all.filter(([, { transport }]) => transport !== 'udp');

it('there are all of them', () => {
  expect(all).toHaveLength(233);
  expect(packets.length).toBeGreaterThan(100);
});

describe.each(packets)('packet %s', (_name, fixture) => {
  const plain = plainOf(fixture);
  const parts = unpackPacket(plain);
  const messages = parts.map(decodePacketMessage);

  it('decodes to what was recorded', () => {
    expect(messages.map(wireBody)).toEqual(messagesOf(fixture.decoded.msg));
  });

  it('re-encodes byte for byte', () => {
    const again = messages.map((message) => encodePacketMessage(reencoded(message)));
    expect(again.map(hex)).toEqual(parts.map(hex));
    const crc = plain[0] === MESSAGE_TYPE.crc;
    const compress = plain[crc ? 5 : 0] === MESSAGE_TYPE.compress;
    expect(hex(packPacket(again, { compress, crc }))).toBe(hex(plain));
  });
});

describe.each(streams)('stream %s', (_name, fixture) => {
  const plain = plainOf(fixture);
  const message = decodeStream(plain);

  it('decodes to what was recorded', () => {
    const { msg } = fixture.decoded;
    const recorded = msg.ml === 'compress' ? msg.inner! : msg;
    if (message.kind === 'pushPull') expect(pushPullBody(message)).toEqual(pushPullOf(recorded));
    else if (message.kind === 'user') expect(wireBody(message)).toEqual(innerOf(recorded));
    else if (message.kind === 'error') expect({ Error: message.error }).toEqual(recorded.body);
    else expect([wireBody(message)]).toEqual(messagesOf(recorded));
  });

  it('re-encodes byte for byte', () => {
    const compress = plain[0] === MESSAGE_TYPE.compress;
    expect(hex(encodeStream(reencodedStream(message), compress))).toBe(hex(plain));
  });

  it('is found in pieces of any size', () => {
    for (const size of [1, 7, 64, plain.length + 1]) {
      const scanner = new StreamScanner();
      let found: Uint8Array | undefined;
      for (let at = 0; at < plain.length; at += size) {
        expect(found).toBeUndefined();
        found = scanner.push(plain.subarray(at, at + size));
      }
      expect(hex(found!)).toBe(hex(plain));
    }
  });
});

describe('LZW', () => {
  const { vectors } = JSON.parse(readFileSync(join(FOLDER, 'lzw-vectors.json'), 'utf8')) as {
    vectors: { name: string; inputHex?: string; outputHex?: string }[];
  };
  const whole = vectors.filter(({ inputHex, outputHex }) => inputHex && outputHex);

  it.each(whole.map((vector) => [vector.name, vector] as const))('%s', (_name, vector) => {
    const input = unhex(vector.inputHex!);
    expect(hex(compressLzw(input))).toBe(vector.outputHex);
    expect(hex(decompressLzw(unhex(vector.outputHex!), input.length))).toBe(vector.inputHex);
  });
});

/** The messages of a packet, unwrapped. */
function messagesOf(recorded: Recorded): unknown[] {
  switch (recorded.ml) {
    case 'compound':
      return recorded.parts!.flatMap(messagesOf);
    case 'hasCrc':
    case 'compress':
      return messagesOf(recorded.inner!);
    case 'user':
      return [innerOf(recorded)];
    default:
      return [plainBody(recorded.body!)];
  }
}

/** A user message: serf's, or of a program without serf any bytes. */
function innerOf({ inner }: Recorded): unknown {
  if (typeof inner === 'string') return inner;
  const body = inner!.body!;
  return 'hex' in body ? body['hex'] : serfBody(inner!);
}

function serfBody(recorded: Recorded): unknown {
  const body = recorded.body ? plainBody(recorded.body) : null;
  return recorded.inner ? [recorded.serf, body, serfBody(recorded.inner)] : [recorded.serf, body];
}

function pushPullOf({ header, nodes, userState }: Recorded): unknown {
  return {
    Join: header!['Join'],
    nodes: nodes!.map(plainBody),
    state: userState ? serfBody(userState) : '',
  };
}

/** Without the annotations; bytes as hexadecimal. */
function plainBody(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainBody);
  if (value === null || typeof value !== 'object') return value;
  if ('hex' in value) return (value as Body)['hex'];
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.includes('('))
      .map(([key, inner]) => [key, plainBody(inner)]),
  );
}

// Ours in the words of the wire.

const bytesOf = (host: string) =>
  hex(host.includes(':') ? ip6(host) : Uint8Array.from(host.split('.').map(Number)));

function ip6(host: string): Uint8Array {
  const [head, tail] = host.split('::').map((half) => half.split(':').filter(Boolean)) as [
    string[],
    string[]?,
  ];
  const zeros = Array.from({ length: 8 - head.length - (tail?.length ?? 0) }, () => '0');
  const groups = [...head, ...zeros, ...(tail ?? [])].map((group) => Number.parseInt(group, 16));
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]));
}

const raw = (bytes: Uint8Array | undefined) => (bytes ? hex(bytes) : null);
const meta = (bytes: Uint8Array) => (bytes.length > 0 ? hex(bytes) : null);

function sourceBody(message: { sourceHost?: string; sourceNode?: string; sourcePort?: number }) {
  return {
    ...(message.sourceHost && { SourceAddr: bytesOf(message.sourceHost) }),
    ...(message.sourceNode && { SourceNode: message.sourceNode }),
    ...(message.sourcePort && { SourcePort: message.sourcePort }),
  };
}

function wireBody(message: PacketMessage): unknown {
  switch (message.kind) {
    case 'ping':
      return { Node: message.node, SeqNo: message.seqNo, ...sourceBody(message) };
    case 'indirectPing':
      return {
        Nack: message.nack,
        Node: message.node,
        Port: message.targetPort,
        SeqNo: message.seqNo,
        ...sourceBody(message),
        Target: bytesOf(message.targetHost),
      };
    case 'ack':
      return { Payload: raw(message.payload), SeqNo: message.seqNo };
    case 'nack':
      return { SeqNo: message.seqNo };
    case 'suspect':
    case 'dead':
      return { From: message.from, Incarnation: message.incarnation, Node: message.node };
    case 'alive':
      return {
        Addr: bytesOf(message.host),
        Incarnation: message.incarnation,
        Meta: meta(message.meta),
        Node: message.node,
        Port: message.port,
        Vsn: raw(message.versions && Uint8Array.from(message.versions)),
      };
    case 'user':
      return isSerf(message.body) ? ofSerf(decodeSerf(message.body)) : hex(message.body);
  }
}

function isSerf(body: Uint8Array): boolean {
  try {
    decodeSerf(body);
    return true;
  } catch {
    return false;
  }
}

function pushPullBody(message: Extract<StreamMessage, { kind: 'pushPull' }>): unknown {
  const { join: Join, nodes, userState } = message;
  return {
    Join,
    nodes: nodes.map((node: PushPullNode) => ({
      Addr: bytesOf(node.host),
      Incarnation: node.incarnation,
      Meta: meta(node.meta),
      Name: node.name,
      Port: node.port,
      State: node.state,
      Vsn: raw(node.versions && Uint8Array.from(node.versions)),
    })),
    state: userState.length > 0 ? ofSerf(decodeSerf(userState)) : '',
  };
}

function ofSerf(message: SerfMessage): unknown {
  if (message.kind !== 'relay') return [message.kind, serfFields(message)];
  const { host, port, node, body } = message;
  const DestAddr = { IP: bytesOf(host), Port: port, Zone: '' };
  return [message.kind, { DestAddr, DestName: node }, ofSerf(decodeSerf(body))];
}

function serfFields(message: Exclude<SerfMessage, { kind: 'relay' }>): unknown {
  switch (message.kind) {
    case 'leave':
      return { LTime: message.lamportTime, Node: message.node, Prune: message.prune };
    case 'join':
      return { LTime: message.lamportTime, Node: message.node };
    case 'userEvent':
      return {
        CC: message.coalesce,
        LTime: message.lamportTime,
        Name: message.name,
        Payload: raw(message.payload),
      };
    case 'pushPull':
      return {
        EventLTime: message.eventLamportTime,
        Events: message.events.flatMap((slot, at) =>
          slot
            ? [
                {
                  slot: at,
                  Events: slot.events.map(({ name, payload }) => ({
                    Name: name,
                    Payload: raw(payload),
                  })),
                  LTime: slot.lamportTime,
                },
              ]
            : [],
        ),
        LTime: message.lamportTime,
        LeftMembers: message.leftMembers,
        QueryLTime: message.queryLamportTime,
        StatusLTimes: Object.fromEntries(message.statusLamportTimes),
      };
    case 'query':
      return {
        Addr: bytesOf(message.host),
        Filters: message.filters.length > 0 ? message.filters.map(hex) : null,
        Flags: message.flags,
        ID: message.id,
        LTime: message.lamportTime,
        Name: message.name,
        Payload: raw(message.payload),
        Port: message.port,
        RelayFactor: message.relayFactor,
        SourceNode: message.sourceNode,
        Timeout: message.timeoutNs,
      };
    case 'queryResponse':
      return {
        Flags: message.flags,
        From: message.from,
        ID: message.id,
        LTime: message.lamportTime,
        Payload: raw(message.payload),
      };
    case 'conflictResponse':
    case 'keyRequest':
    case 'keyResponse':
      throw new Error('they come within payloads alone');
  }
}

/** The same message with everything inside it decoded and encoded again. */
function reencoded(message: PacketMessage): PacketMessage {
  if (message.kind === 'ack' && message.payload) {
    const coordinate = decodeCoordinate(message.payload);
    return coordinate ? { ...message, payload: encodeCoordinate(coordinate) } : message;
  }
  if (message.kind === 'alive') return { ...message, meta: reencodedTags(message.meta) };
  if (message.kind !== 'user' || !isSerf(message.body)) return message;
  return { ...message, body: reencodedSerf(message.body) };
}

function reencodedTags(encoded: Uint8Array): Uint8Array {
  return encoded[0] === 0xff ? encodeTags(decodeTags(encoded)) : encoded;
}

function reencodedSerf(body: Uint8Array): Uint8Array {
  const message = decodeSerf(body);
  if (message.kind === 'relay') {
    return encodeSerf({ ...message, body: reencodedSerf(message.body) });
  }
  if (message.kind === 'query') {
    const filters = message.filters.map((filter) => encodeFilter(decodeFilter(filter)!));
    return encodeSerf({ ...message, filters });
  }
  if (message.kind === 'queryResponse' && message.payload && isInner(message.payload)) {
    return encodeSerf({ ...message, payload: encodeSerf(decodeSerf(message.payload)) });
  }
  return encodeSerf(message);
}

/** Answers to serf's own queries hold a message of their own. */
function isInner(payload: Uint8Array): boolean {
  return (payload[0] === 6 || payload[0] === 8) && isSerf(payload);
}

function reencodedStream(message: StreamMessage): StreamMessage {
  if (message.kind === 'user' && isSerf(message.body)) {
    return { ...message, body: reencodedSerf(message.body) };
  }
  if (message.kind !== 'pushPull') return message;
  return {
    ...message,
    nodes: message.nodes.map((node) => ({ ...node, meta: reencodedTags(node.meta) })),
    userState: message.userState.length > 0 ? reencodedSerf(message.userState) : message.userState,
  };
}

it('wrappers are taken off', () => {
  const [, packet] = packets.find(([name]) => name.includes('compress>'))!;
  const plain = plainOf(packet);
  const at = plain[0] === MESSAGE_TYPE.crc ? 5 : 0;
  expect(decodeCompress(plain.subarray(at), 65_536).length).toBeGreaterThan(plain.length - 40);
});
