import type { PushPullNode, StreamMessage } from '@mesh/gossip';

/** Keys and fixed fields of a node of a push/pull on the wire. */
const NODE_BYTES = 60;
/** Type byte and header of a push/pull. */
const HEADER_BYTES = 30;
/** Of any other message: a ping, an ack. */
const SMALL_BYTES = 64;

/** About as many bytes as a message takes on a stream, uncompressed: encoding each would take most of the time. */
export function streamBytes(message: StreamMessage): number {
  if (message.kind !== 'pushPull') return SMALL_BYTES;
  let bytes = HEADER_BYTES + message.userState.length;
  for (const node of message.nodes) bytes += nodeBytes(node);
  return bytes;
}

function nodeBytes({ name, meta, incarnation }: PushPullNode): number {
  return NODE_BYTES + textBytes(name.length) + textBytes(meta.length) + intBytes(incarnation);
}

function textBytes(length: number): number {
  return length + (length < 32 ? 1 : 3);
}

function intBytes(value: number): number {
  if (value < 128) return 1;
  if (value < 256) return 2;
  return value < 65_536 ? 3 : 5;
}
