import { noMetrics, silentLogger } from '@mesh/base';
import { LAN_CONFIG } from '../config.ts';
import { SerfCore } from '../serf/serf-core.ts';
import type { SerfOptions } from '../serf/types.ts';
import { packPacket } from '../wire/packet.ts';
import { encodePacketMessage } from '../wire/packet-message.ts';
import { encodeSerf } from '../wire/serf-codec.ts';
import type { SerfMessage, SerfPushPull } from '../wire/serf-messages.ts';
import { OPEN_RULES, seededRandom } from './serf-world.ts';

/** Where what the tests send comes from. */
export const FROM = { host: '10.0.0.9', port: 7000 };
/** When it comes. */
export const NOW_MS = 5000;

/** A core that speaks without compression. */
export function make(options: Partial<SerfOptions> = {}): SerfCore {
  return new SerfCore({
    name: 'm',
    address: { host: '10.0.0.1', port: 7946 },
    tags: { role: 'web' },
    config: { ...LAN_CONFIG, compression: false },
    rules: OPEN_RULES,
    random: seededRandom(1),
    logger: silentLogger,
    metrics: noMetrics,
    ...options,
  });
}

/** One that has started, with nothing left to take. */
export function started(options: Partial<SerfOptions> = {}): SerfCore {
  const core = make(options);
  core.start(NOW_MS);
  core.takeEvents();
  core.takeOutputs();
  return core;
}

/** Hands a message of this layer to a core as gossip would. */
export function hear(core: SerfCore, message: SerfMessage | Uint8Array, nowMs = NOW_MS): void {
  const body = message instanceof Uint8Array ? message : encodeSerf(message);
  const packet = packPacket([encodePacketMessage({ kind: 'user', body })], {
    compress: false,
    crc: false,
  });
  core.receivePacket(packet, FROM, nowMs);
}

/** Tells a core of another member. */
export function hearAlive(core: SerfCore, node: string, port: number, incarnation = 1): void {
  const packet = encodePacketMessage({
    kind: 'alive',
    incarnation,
    node,
    host: '10.0.0.9',
    port,
    meta: new Uint8Array([0xff, 0x80]),
    versions: [1, 5, 2, 2, 5, 4],
  });
  core.receivePacket(packet, FROM, NOW_MS);
}

/** Exchanges states of this layer with a core; returns its own. */
export function hearPushPull(core: SerfCore, userState: Uint8Array): Uint8Array {
  const reply = core.receiveStream(
    { kind: 'pushPull', join: true, nodes: [], userState },
    FROM,
    NOW_MS,
  );
  if (reply?.kind !== 'pushPull') throw new Error(`no state: ${reply?.kind}`);
  return reply.userState;
}

/** State of a member that knows nothing. */
export function emptyState(changes: Partial<SerfPushPull> = {}): SerfPushPull {
  return {
    kind: 'pushPull',
    lamportTime: 1,
    statusLamportTimes: new Map(),
    leftMembers: [],
    eventLamportTime: 1,
    events: [],
    queryLamportTime: 1,
    ...changes,
  };
}
