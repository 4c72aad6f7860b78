import { encodeSerf } from '../wire/serf-codec.ts';
import type { SerfPushPull } from '../wire/serf-messages.ts';
import type { LamportClock } from './lamport-clock.ts';
import type { MemberTable } from './member-table.ts';
import { SERF_STATUS } from './types.ts';
import type { UserEvents } from './user-events.ts';

/** The three clocks of a member. */
export interface Clocks {
  readonly member: LamportClock;
  readonly event: LamportClock;
  readonly query: LamportClock;
}

/** What a merge does with the intents that it finds. */
export interface IntentSink {
  leave(name: string, lamportTime: number): void;
  join(name: string, lamportTime: number): void;
}

/** What this layer adds to push/pull: clocks, times of the members' status, recent events. */
export function encodeUserState(
  clocks: Clocks,
  table: MemberTable,
  events: UserEvents,
): Uint8Array {
  const statusLamportTimes = new Map<string, number>();
  const leftMembers: string[] = [];
  for (const { member, statusTime } of table.all()) {
    statusLamportTimes.set(member.name, statusTime);
    if (member.status === SERF_STATUS.left) leftMembers.push(member.name);
  }
  return encodeSerf({
    kind: 'pushPull',
    lamportTime: clocks.member.time,
    statusLamportTimes,
    leftMembers,
    eventLamportTime: clocks.event.time,
    events: events
      .recent()
      .map((slot) => slot && { lamportTime: slot.lamportTime, events: slot.entries }),
    queryLamportTime: clocks.query.time,
  });
}

/**
 * Follows what another member's push/pull tells: its clocks, then who left (one step past the join, as
 * the time of the leave itself is not told), then who is there, then the events. `ignoreOldEvents`: only
 * those count that come after.
 */
export function mergeUserState(
  state: SerfPushPull,
  ignoreOldEvents: boolean,
  target: {
    readonly clocks: Clocks;
    readonly intents: IntentSink;
    readonly events: UserEvents;
  },
): void {
  const { clocks, intents, events } = target;
  clocks.member.witness(state.lamportTime - 1);
  clocks.event.witness(state.eventLamportTime - 1);
  clocks.query.witness(state.queryLamportTime - 1);
  const left = new Set(state.leftMembers);
  for (const name of left) intents.leave(name, (state.statusLamportTimes.get(name) ?? 0) + 1);
  for (const [name, lamportTime] of state.statusLamportTimes) {
    if (!left.has(name)) intents.join(name, lamportTime);
  }
  if (ignoreOldEvents) events.ignoreBefore(state.eventLamportTime);
  for (const slot of state.events) {
    if (!slot) continue;
    const { lamportTime } = slot;
    for (const body of slot.events) {
      events.receive({ kind: 'userEvent', lamportTime, ...body, coalesce: false });
    }
  }
}
