import type { NetworkCoordinate } from '../vivaldi/types.ts';
import { MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';
import { readStruct, structFields } from './struct.ts';

/** Version of what rides on acks. */
const PING_VERSION = 1;
/** More dimensions than any peer has. */
const MAX_DIMENSIONS = 32;

interface Fields {
  Vec: number[];
  Error: number;
  Adjustment: number;
  Height: number;
}

const FIELDS = structFields<Fields>({
  Vec: (reader, target) => {
    target.Vec = Array.from({ length: reader.count(MAX_DIMENSIONS) }, () => reader.float());
  },
  Error: (reader, target) => {
    target.Error = reader.float();
  },
  Adjustment: (reader, target) => {
    target.Adjustment = reader.float();
  },
  Height: (reader, target) => {
    target.Height = reader.float();
  },
});

/** Payload of an ack (gossip-wire.md section 7). */
export function encodeCoordinate(coordinate: NetworkCoordinate): Uint8Array {
  const writer = new MsgpackWriter(160)
    .byte(PING_VERSION)
    .map(4)
    .text('Adjustment')
    .float(coordinate.Adjustment)
    .text('Error')
    .float(coordinate.Error)
    .text('Height')
    .float(coordinate.Height)
    .text('Vec')
    .array(coordinate.Vec.length);
  for (const value of coordinate.Vec) writer.float(value);
  return writer.finish();
}

/**
 * The coordinate of an ack; undefined for another version of the payload. Its numbers are as they came: any
 * at all. Throws MeshError `invalid-argument`.
 */
export function decodeCoordinate(payload: Uint8Array): NetworkCoordinate | undefined {
  if (payload[0] !== PING_VERSION) return undefined;
  const target = { Vec: [], Error: 0, Adjustment: 0, Height: 0 };
  return readStruct<Fields>(new MsgpackReader(payload, 1), FIELDS, target);
}
