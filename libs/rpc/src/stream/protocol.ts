import { MIB } from '@mesh/base';

/** Version of the frames. A server refuses a newer one, whose frames it could not read. */
export const PROTOCOL_VERSION = 1;

/** gRPC methods, all of them bidirectional streams of byte frames. */
export const METHODS = {
  calls: '/mesh.Rpc/Calls',
  control: '/mesh.Rpc/RaftControl',
  bulk: '/mesh.Rpc/RaftBulk',
  snapshot: '/mesh.Rpc/RaftSnapshot',
} as const;

/** Names of the metadata that a stream opens with. */
export const METADATA = {
  protocol: 'mesh-protocol',
  datacenter: 'mesh-datacenter',
  from: 'mesh-from',
  /** Id of the server that the sender means; another one at its address refuses. */
  to: 'mesh-to',
  /** host:port of the sender's own RPC port: where answers go. */
  address: 'mesh-address',
} as const;

/** Largest frame that is sent or taken, bytes. */
export const MAX_FRAME_BYTES = 16 * MIB;

/** A frame is closed when it is this long: long enough to be cheap, short enough not to hold up. */
export const TARGET_FRAME_BYTES = 256 * 1024;

/** Most items in one frame: what a receiver is ready to handle in one turn. */
export const MAX_FRAME_ITEMS = 4096;

/** Bytes handed to a stream and not yet on the wire, above which nothing more is handed to it. */
export const HIGH_WATER_BYTES = 1 * MIB;

/** Frames are bytes already. */
export function identity(frame: Buffer): Buffer {
  return frame;
}
