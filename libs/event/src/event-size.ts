import type { UserEvent } from '@mesh/api-contract';
import { utf8Bytes } from '@mesh/base';

/** What the name of a user event is prefixed with on the wire. */
export const EVENT_NAME_PREFIX = 'consul:event:';
/** Lamport times up to 2^32 take 5 bytes at most. */
const LAMPORT_BYTES = 5;

/**
 * Bytes of an event as a serf message: type, and a map of LTime, Name, Payload and CC. The payload
 * is a MessagePack map of ID, n, p, nf, sf, tf and v, empty ones left out. This is what serf's
 * limit is on.
 */
export function eventMessageBytes(event: UserEvent): number {
  const name = lengthOf(event.Name);
  let payload = 1 + field(2, lengthOf(event.ID)) + field(1, name) + (textSize(1) + 1);
  for (const filter of [event.NodeFilter, event.ServiceFilter, event.TagFilter]) {
    if (filter !== '') payload += field(2, lengthOf(filter));
  }
  const bytes = event.Payload?.length ?? 0;
  if (bytes > 0) payload += textSize(1) + 2 + bytes + (bytes > 255 ? 1 : 0);
  return (
    2 +
    (textSize(5) + LAMPORT_BYTES) +
    field(4, EVENT_NAME_PREFIX.length + name, true) +
    field(7, payload, true) +
    (textSize(2) + 1)
  );
}

function field(nameBytes: number, valueBytes: number, old = false): number {
  return textSize(nameBytes) + textSize(valueBytes, old);
}

/** A MessagePack text; the old form, which serf's own messages use, knows no 8-bit lengths. */
function textSize(bytes: number, old = false): number {
  if (bytes <= 31) return 1 + bytes;
  return (bytes <= 255 && !old ? 2 : 3) + bytes;
}

function lengthOf(text: string): number {
  return utf8Bytes(text).length;
}
