import { malformed } from './malformed.ts';
import type { MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import { MAX_NODES } from './push-pull.ts';
import type { EventBody, EventSlot, SerfPushPull } from './serf-messages.ts';
import {
  MAX_LIST,
  readLamport,
  readName,
  readStruct,
  readTexts,
  structFields,
} from './serf-struct.ts';

/** Members that a state may tell of: some of them are not in the list of nodes. */
const MAX_MEMBERS = 2 * MAX_NODES;
/** User events in all slots: a byte that claims one must not cost a hundred. */
const MAX_EVENTS = 16_384;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const BODY = structFields<Mutable<EventBody>>({
  Name: (reader, target) => {
    target.name = reader.text();
  },
  Payload: (reader, target) => {
    target.payload = reader.rawCopy() ?? new Uint8Array();
  },
});

const SLOT = structFields<Mutable<EventSlot>>({
  LTime: (reader, target) => {
    target.lamportTime = readLamport(reader);
  },
  Events: (reader, target) => {
    const events: EventBody[] = [];
    for (let left = reader.count(MAX_LIST); left > 0; left--) {
      events.push(
        readStruct<Mutable<EventBody>>(reader, BODY, { name: '', payload: new Uint8Array() }),
      );
    }
    target.events = events;
  },
});

function readSlot(reader: MsgpackReader): EventSlot {
  return readStruct<Mutable<EventSlot>>(reader, SLOT, { lamportTime: 0, events: [] });
}

const FIELDS = structFields<Mutable<SerfPushPull>>({
  LTime: (reader, target) => {
    target.lamportTime = readLamport(reader);
  },
  StatusLTimes: (reader, target) => {
    const times = new Map<string, number>();
    for (let left = reader.map(MAX_MEMBERS); left > 0; left--) {
      times.set(readName(reader), readLamport(reader));
    }
    target.statusLamportTimes = times;
  },
  LeftMembers: (reader, target) => {
    target.leftMembers = readTexts(reader, MAX_MEMBERS);
  },
  EventLTime: (reader, target) => {
    target.eventLamportTime = readLamport(reader);
  },
  Events: (reader, target) => {
    const slots: (EventSlot | undefined)[] = [];
    let events = 0;
    for (let left = reader.count(MAX_LIST); left > 0; left--) {
      const slot = reader.skipNil() ? undefined : readSlot(reader);
      slots.push(slot);
      events += slot?.events.length ?? 0;
      if (events > MAX_EVENTS) throw malformed(`more than ${MAX_EVENTS} events`);
    }
    target.events = slots;
  },
  QueryLTime: (reader, target) => {
    target.queryLamportTime = readLamport(reader);
  },
});

export function readSerfPushPull(reader: MsgpackReader): SerfPushPull {
  return readStruct<Mutable<SerfPushPull>>(reader, FIELDS, {
    kind: 'pushPull',
    lamportTime: 0,
    statusLamportTimes: new Map<string, number>(),
    leftMembers: [],
    eventLamportTime: 0,
    events: [],
    queryLamportTime: 0,
  });
}

export function writeSerfPushPull(writer: MsgpackWriter, state: SerfPushPull): void {
  writer.map(6).text('EventLTime').int(state.eventLamportTime);
  writer.text('Events').array(state.events.length);
  for (const slot of state.events) writeSlot(writer, slot);
  writer.text('LTime').int(state.lamportTime);
  writer.text('LeftMembers').array(state.leftMembers.length);
  for (const name of state.leftMembers) writer.text(name);
  writer.text('QueryLTime').int(state.queryLamportTime);
  writer.text('StatusLTimes').map(state.statusLamportTimes.size);
  for (const [name, time] of state.statusLamportTimes) writer.text(name).int(time);
}

function writeSlot(writer: MsgpackWriter, slot: EventSlot | undefined): void {
  if (!slot) {
    writer.nil();
    return;
  }
  writer.map(2).text('Events').array(slot.events.length);
  for (const { name, payload } of slot.events) {
    writer.map(2).text('Name').text(name).text('Payload').raw(payload);
  }
  writer.text('LTime').int(slot.lamportTime);
}
