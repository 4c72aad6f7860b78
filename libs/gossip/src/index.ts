// For everybody.
export type { GossipAddress } from './address.ts';
export type { GossipConfig } from './config.ts';
export { DEV_CONFIG, LAN_CONFIG, WAN_CONFIG } from './config.ts';
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
