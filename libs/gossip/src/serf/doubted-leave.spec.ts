import { LAN_CONFIG } from '../config.ts';
import {
  emptyState,
  hear,
  hearAlive,
  hearPushPull,
  NOW_MS,
  started,
} from '../testing/lone-core.ts';
import { unpackPacket } from '../wire/packet.ts';
import { decodePacketMessage } from '../wire/packet-message.ts';
import { decodeSerf, encodeSerf } from '../wire/serf-codec.ts';
import type { SerfMessage } from '../wire/serf-messages.ts';
import type { SerfCore } from './serf-core.ts';
import { SERF_STATUS } from './types.ts';

/** What a core gossips of this layer until `untilMs`. */
function gossip(core: SerfCore, untilMs: number): SerfMessage[] {
  for (let at = 0; at < 500 && core.nextDeadlineMs() <= untilMs; at++) {
    core.tick(core.nextDeadlineMs());
  }
  const packets = core.takeOutputs().flatMap((output) => {
    return output.kind === 'packet' ? unpackPacket(output.bytes) : [];
  });
  return packets
    .map(decodePacketMessage)
    .flatMap((message) => (message.kind === 'user' ? [decodeSerf(message.body)] : []));
}

/** Says that `a` left; the time of that is not told, only that of its last join. */
function hearThatLeft(core: SerfCore, lamportTime: number): void {
  const statusLamportTimes = new Map([['a', lamportTime]]);
  hearPushPull(core, encodeSerf(emptyState({ statusLamportTimes, leftMembers: ['a'] })));
}

const LEAVE_OF_A = { kind: 'leave', lamportTime: 8, node: 'a', prune: false };

describe('a leave that push/pull tells', () => {
  it('is told on, so that a member that is there can contradict', () => {
    const core = started();
    hearAlive(core, 'a', 7000);
    hear(core, { kind: 'join', lamportTime: 7, node: 'a' });
    gossip(core, NOW_MS + 3000);
    hearThatLeft(core, 7);
    expect(core.member('a')?.status).toBe(SERF_STATUS.leaving);
    expect(gossip(core, NOW_MS + 4000)).toContainEqual(LEAVE_OF_A);
    hear(core, { kind: 'join', lamportTime: 9, node: 'a' });
    expect(core.member('a')?.status).toBe(SERF_STATUS.alive);
  });

  it('of a member that is not known yet is told on when it appears', () => {
    const core = started();
    hearThatLeft(core, 7);
    expect(gossip(core, NOW_MS + 1000)).toEqual([]);
    hearAlive(core, 'a', 7000);
    expect(core.member('a')?.status).toBe(SERF_STATUS.leaving);
    expect(gossip(core, NOW_MS + 4000)).toContainEqual(LEAVE_OF_A);
  });

  it('is told again when the member is still there long after, and not without end', () => {
    // It does not answer here, but that is for later.
    const config = { ...LAN_CONFIG, compression: false, suspicionMult: 1000 };
    const core = started({ config });
    hearAlive(core, 'a', 7000);
    hearThatLeft(core, 7);
    gossip(core, NOW_MS + 16_000);
    const told = gossip(core, NOW_MS + 31_000);
    expect(told).toContainEqual(LEAVE_OF_A);
    expect(told.length).toBeLessThan(10);
  });

  it('is nothing to tell of one that is gone', () => {
    const core = started();
    hearThatLeft(core, 7);
    expect(core.queues().intent).toBe(0);
  });
});
