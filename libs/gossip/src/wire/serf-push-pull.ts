import type { MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import type { EventBody, EventSlot, SerfPushPull } from './serf-messages.ts';
import { readLamport, readName, readStruct, readTexts, structFields } from './serf-struct.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const BODY = structFields<Mutable<EventBody>>({
  Name: (reader, target) => {
    target.name = reader.text();
  },
  Payload: (reader, target) => {
    target.payload = reader.raw() ?? new Uint8Array();
  },
});

const SLOT = structFields<Mutable<EventSlot>>({
  LTime: (reader, target) => {
    target.lamportTime = readLamport(reader);
  },
  Events: (reader, target) => {
    const events: EventBody[] = [];
    for (let left = reader.array() ?? 0; left > 0; left--) {
      events.push(
        readStruct<Mutable<EventBody>>(reader, BODY, { name: '', payload: new Uint8Array() }),
      );
    }
    target.events = events;
  },
});

const FIELDS = structFields<Mutable<SerfPushPull>>({
  LTime: (reader, target) => {
    target.lamportTime = readLamport(reader);
  },
  StatusLTimes: (reader, target) => {
    const times = new Map<string, number>();
    for (let left = reader.map(); left > 0; left--)
      times.set(readName(reader), readLamport(reader));
    target.statusLamportTimes = times;
  },
  LeftMembers: (reader, target) => {
    target.leftMembers = readTexts(reader);
  },
  EventLTime: (reader, target) => {
    target.eventLamportTime = readLamport(reader);
  },
  Events: (reader, target) => {
    const slots: (EventSlot | undefined)[] = [];
    for (let left = reader.array() ?? 0; left > 0; left--) {
      const slot = { lamportTime: 0, events: [] };
      slots.push(reader.skipNil() ? undefined : readStruct<Mutable<EventSlot>>(reader, SLOT, slot));
    }
    target.events = slots;
  },
  QueryLTime: (reader, target) => {
    target.queryLamportTime = readLamport(reader);
  },
});

export function readSerfPushPull(reader: MsgpackReader): SerfPushPull {
  return readStruct<Mutable<SerfPushPull>>(reader, FIELDS, {
    ...{ kind: 'pushPull', lamportTime: 0, statusLamportTimes: new Map<string, number>() },
    ...{ leftMembers: [], eventLamportTime: 0, events: [], queryLamportTime: 0 },
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
