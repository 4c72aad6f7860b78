import type { UserEvent } from '@mesh/api-contract';
import { invalid, utf8Bytes, utf8Text } from '@mesh/base';
import { EventReader } from './event-reader.ts';

/**
 * Largest payload that is read, bytes. We send at most 512; serf lets other programs raise that limit
 * up to this.
 */
const MAX_PAYLOAD_BYTES = 9 * 1024;
const NOTHING = new Uint8Array(0);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Payload of an event as it travels: a MessagePack map of ID, n (name), p (payload), nf, sf, tf (filters
 * by node, service and tag) and v (version), in this order and empty ones left out, in the newer spec
 * with str 8 and bin.
 */
export function encodeEvent(event: UserEvent): Uint8Array {
  const fields: readonly (readonly [name: string, value: Uint8Array])[] = [
    ['ID', textBytes(event.ID)],
    ['n', textBytes(event.Name)],
    ['nf', textOrNothing(event.NodeFilter)],
    ['p', event.Payload && event.Payload.length > 0 ? sized(0xc4, event.Payload) : NOTHING],
    ['sf', textOrNothing(event.ServiceFilter)],
    ['tf', textOrNothing(event.TagFilter)],
    ['v', Uint8Array.of(event.Version)],
  ];
  const given = fields.filter(([, value]) => value.length > 0);
  const pairs = given.flatMap(([name, value]) => [textBytes(name), value]);
  return concat([Uint8Array.of(0x80 | given.length), ...pairs]);
}

/**
 * An event out of its payload, which comes from the network. Throws `invalid-argument` for whatever is
 * no event, an id that is no UUID included.
 */
export function decodeEvent(payload: Uint8Array, lamportTime: number): UserEvent {
  if (payload.length > MAX_PAYLOAD_BYTES) {
    throw invalid(`event of ${payload.length} bytes, accepted are ${MAX_PAYLOAD_BYTES}`);
  }
  const reader = new EventReader(payload);
  const texts: Record<string, string> = { ID: '', n: '', nf: '', sf: '', tf: '' };
  let data: Uint8Array | null = null;
  let version = 0;
  for (let left = reader.mapSize(); left > 0; left--) {
    const name = utf8Text(reader.bytes());
    if (name === 'p') data = reader.bytes();
    else if (name === 'v') version = reader.whole();
    else if (Object.hasOwn(texts, name)) texts[name] = utf8Text(reader.bytes());
    else reader.skip();
  }
  if (!UUID.test(texts['ID']!)) throw invalid('event whose id is no UUID');
  if (texts['n'] === '') throw invalid('event without a name');
  return {
    ID: texts['ID']!.toLowerCase(),
    Name: texts['n']!,
    Payload: data === null || data.length === 0 ? null : data,
    NodeFilter: texts['nf']!,
    ServiceFilter: texts['sf']!,
    TagFilter: texts['tf']!,
    Version: version,
    LTime: lamportTime,
  };
}

function textBytes(text: string): Uint8Array {
  const bytes = utf8Bytes(text);
  if (bytes.length <= 31) return concat([Uint8Array.of(0xa0 | bytes.length), bytes]);
  return sized(0xd9, bytes);
}

function textOrNothing(text: string): Uint8Array {
  return text === '' ? NOTHING : textBytes(text);
}

/** With a length of 8 bits where that is enough, else of 16: the next type code. */
function sized(code: number, bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  const head = length <= 0xff ? [code, length] : [code + 1, length >> 8, length & 0xff];
  return concat([Uint8Array.from(head), bytes]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
