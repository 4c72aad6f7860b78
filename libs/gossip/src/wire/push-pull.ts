import { malformed } from './malformed.ts';
import { MESSAGE_TYPE } from './message-type.ts';
import { NODE_STATE, type NodeState, type PushPullMessage, type PushPullNode } from './messages.ts';
import type { MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';
import { hostBytes, readHost, readMeta, readName, readVersions } from './packet-message.ts';
import { readStruct, structFields } from './struct.ts';

/** Nodes of one push/pull. */
export const MAX_NODES = 65_536;
/** State of the layer above, bytes. */
export const MAX_USER_STATE_BYTES = 20 * 1024 * 1024;

const NO_META = new Uint8Array();

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a push/pull begins with. */
export interface PushPullHeader {
  nodes: number;
  userStateBytes: number;
  join: boolean;
}

const HEADER = structFields<PushPullHeader>({
  Nodes: (reader, target) => {
    target.nodes = reader.uint(MAX_NODES);
  },
  UserStateLen: (reader, target) => {
    target.userStateBytes = reader.uint(MAX_USER_STATE_BYTES);
  },
  Join: (reader, target) => {
    target.join = reader.bool();
  },
});

const NODE = structFields<Mutable<PushPullNode>>({
  Name: (reader, target) => {
    target.name = readName(reader);
  },
  Addr: (reader, target) => {
    target.host = readHost(reader);
  },
  Port: (reader, target) => {
    target.port = reader.uint(0xffff);
  },
  Meta: (reader, target) => {
    target.meta = readMeta(reader);
  },
  Incarnation: (reader, target) => {
    target.incarnation = reader.uint(0xffff_ffff);
  },
  State: (reader, target) => {
    target.state = reader.uint(NODE_STATE.left) as NodeState;
  },
  Vsn: (reader, target) => {
    target.versions = readVersions(reader);
  },
});

/** Type byte, header, nodes and user state, back to back (gossip-wire.md section 2). */
export function encodePushPull({ join, nodes, userState }: PushPullMessage): Uint8Array {
  const writer = new MsgpackWriter(256 + nodes.length * 128 + userState.length)
    .byte(MESSAGE_TYPE.pushPull)
    .map(3)
    .text('Join')
    .bool(join)
    .text('Nodes')
    .int(nodes.length)
    .text('UserStateLen')
    .int(userState.length);
  for (const node of nodes) writeNode(writer, node);
  return writer.append(userState).finish();
}

function writeNode(writer: MsgpackWriter, node: PushPullNode): void {
  writer
    .map(7)
    .text('Addr')
    .raw(hostBytes(node.host))
    .text('Incarnation')
    .int(node.incarnation)
    .text('Meta')
    .raw(node.meta.length > 0 ? node.meta : undefined)
    .text('Name')
    .text(node.name)
    .text('Port')
    .int(node.port)
    .text('State')
    .int(node.state)
    .text('Vsn')
    .raw(node.versions && Uint8Array.from(node.versions));
}

export function readPushPullHeader(reader: MsgpackReader): PushPullHeader {
  return readStruct(reader, HEADER, { nodes: 0, userStateBytes: 0, join: false });
}

/** A push/pull behind its type byte. */
export function readPushPull(reader: MsgpackReader): PushPullMessage {
  const { nodes: count, userStateBytes, join } = readPushPullHeader(reader);
  if (count > reader.remaining) throw malformed('more nodes than its bytes');
  const nodes: PushPullNode[] = [];
  for (let left = count; left > 0; left--) {
    nodes.push(
      readStruct<Mutable<PushPullNode>>(reader, NODE, {
        name: '',
        host: '',
        port: 0,
        meta: NO_META,
        incarnation: 0,
        state: NODE_STATE.alive,
        versions: undefined,
      }),
    );
  }
  return { kind: 'pushPull', join, nodes, userState: reader.take(userStateBytes) };
}
