// For everybody.
export type { GossipAddress } from './address.ts';
export { formatAddress, ipBytes, ipText, parseIp } from './address.ts';
export type { GossipConfig } from './config.ts';
export { DEV_CONFIG, LAN_CONFIG, WAN_CONFIG } from './config.ts';
export type { KeyQueryResult } from './serf/key-query.ts';
export { KeyQueryDigest, keyQuery } from './serf/key-query.ts';
export { SerfCore } from './serf/serf-core.ts';
export type {
  IncomingQuery,
  KeyOperations,
  PoolRules,
  QueryParams,
  Serf,
  SerfClocks,
  SerfEvent,
  SerfMember,
  SerfMemory,
  SerfOptions,
  SerfQueues,
  SerfStatus,
} from './serf/types.ts';
export { SERF_STATUS } from './serf/types.ts';
export type {
  GossipOutput,
  StreamResult,
  Swim,
  SwimDelegate,
  SwimNode,
  SwimOptions,
} from './swim/types.ts';
// What io implements.
export type { GossipReceiver, GossipTransport } from './transport.ts';
export { roundTripSeconds } from './vivaldi/coordinate.ts';
export type { NetworkCoordinate } from './vivaldi/types.ts';
// The wire.
export type {
  AckMessage,
  AliveMessage,
  DeadMessage,
  ErrorMessage,
  IndirectPingMessage,
  NackMessage,
  NodeState,
  PacketMessage,
  PingMessage,
  PingSource,
  PushPullMessage,
  PushPullNode,
  StreamMessage,
  SuspectMessage,
  UserMessage,
  Versions,
} from './wire/messages.ts';
export { NODE_STATE } from './wire/messages.ts';
export {
  COMPOUND_HEADER_BYTES,
  COMPOUND_PART_BYTES,
  CRC_BYTES,
  MAX_COMPOUND_PARTS,
  packPacket,
  unpackPacket,
} from './wire/packet.ts';
export { decodePacketMessage, encodePacketMessage } from './wire/packet-message.ts';
export { decodeSerf, encodeSerf } from './wire/serf-codec.ts';
export type { SerfMessage } from './wire/serf-messages.ts';
export { decodeStream, encodeStream } from './wire/stream.ts';
export { StreamScanner } from './wire/stream-scanner.ts';
export { decodeTags, encodeTags } from './wire/tags.ts';
