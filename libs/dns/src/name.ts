/**
 * Names. In memory a name is text in presentation form (RFC 1035 section 5.1) with the trailing dot: a dot or
 * backslash inside a label is escaped with a backslash, a byte that is no visible ASCII as \DDD. Text from the
 * catalog may hold other characters; they are written as UTF-8.
 */
import { utf8Bytes, utf8Text } from '@mesh/base';
import { HEADER_BYTES } from './record-types.ts';

/** Bytes of a label at most (RFC 1035 section 2.3.4). */
export const MAX_LABEL_BYTES = 63;
/** Bytes of a name at most, lengths and root included. */
export const MAX_NAME_BYTES = 255;

const BACKSLASH = 0x5c;
const DOT = 0x2e;

/** A name read from a message, and where reading goes on. */
export interface ReadName {
  readonly name: string;
  readonly end: number;
}

/**
 * Reads a name that may be compressed. Undefined when it is malformed, too long, or points anywhere but
 * backward: each pointer must lead before the start of the part that holds it, so that no name loops, and
 * behind the header, so that the first name of a message is never compressed.
 */
export function readName(bytes: Uint8Array, start: number): ReadName | undefined {
  let text = '';
  let at = start;
  let partStart = start;
  let end = -1;
  let length = 0;
  for (;;) {
    const head = bytes[at];
    if (head === undefined) return undefined;
    if (head === 0) {
      if (end < 0) end = at + 1;
      return { name: text === '' ? '.' : text, end };
    }
    if (head >= 0xc0) {
      const low = bytes[at + 1];
      if (low === undefined) return undefined;
      const target = ((head & 0x3f) << 8) | low;
      if (target >= partStart || target < HEADER_BYTES) return undefined;
      if (end < 0) end = at + 2;
      at = target;
      partStart = target;
      continue;
    }
    length += head + 1;
    if (head > MAX_LABEL_BYTES || length >= MAX_NAME_BYTES) return undefined;
    if (at + head >= bytes.length) return undefined;
    text += `${labelToText(bytes, at + 1, head)}.`;
    at += head + 1;
  }
}

function labelToText(bytes: Uint8Array, start: number, length: number): string {
  let text = '';
  for (let at = start; at < start + length; at++) {
    const byte = bytes[at]!;
    if (byte === DOT || byte === BACKSLASH) text += `\\${String.fromCharCode(byte)}`;
    else if (byte > 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
    else text += `\\${String(byte).padStart(3, '0')}`;
  }
  return text;
}

/** Bytes of one label in presentation form. */
export function labelToBytes(label: string): Uint8Array {
  if (!label.includes('\\')) return utf8Bytes(label);
  const out: number[] = [];
  for (let at = 0; at < label.length; at++) {
    if (label.charCodeAt(at) !== BACKSLASH) {
      const point = String.fromCodePoint(label.codePointAt(at)!);
      out.push(...utf8Bytes(point));
      at += point.length - 1;
      continue;
    }
    const digits = label.slice(at + 1, at + 4);
    if (/^\d{3}$/.test(digits)) {
      out.push(Number(digits) & 255);
      at += 3;
    } else if (at + 1 < label.length) {
      out.push(label.charCodeAt(++at) & 255);
    }
  }
  return Uint8Array.from(out);
}

/** Where the label that starts at `start` ends: at an unescaped dot, or with the name. */
export function labelEnd(name: string, start: number): number {
  let at = start;
  while (at < name.length && name.charCodeAt(at) !== DOT) {
    at += name.charCodeAt(at) === BACKSLASH ? 2 : 1;
  }
  return Math.min(at, name.length);
}

/** Labels of a name in presentation form, leftmost first; none for the root. */
export function splitName(name: string): readonly string[] {
  if (name === '.') return [];
  const labels: string[] = [];
  for (let start = 0; start < name.length; ) {
    const end = labelEnd(name, start);
    labels.push(name.slice(start, end));
    start = end + 1;
  }
  return labels;
}

/** What a label says: escapes resolved, bytes taken as UTF-8. For look-ups in the catalog. */
export function labelText(label: string): string {
  return label.includes('\\') ? utf8Text(labelToBytes(label)) : label;
}

/** Labels as bytes, or undefined when the name cannot be written: an empty or long label, or too long. */
export function encodeLabels(name: string): readonly Uint8Array[] | undefined {
  const labels = splitName(name).map(labelToBytes);
  let length = 1;
  for (const label of labels) {
    if (label.length === 0 || label.length > MAX_LABEL_BYTES) return undefined;
    length += label.length + 1;
  }
  return length <= MAX_NAME_BYTES ? labels : undefined;
}

const PLAIN_NAME = /^(?:[\x21-\x2d\x2f-\x5b\x5d-\x7e]{1,63}\.)+$/;

/** True when the name can be written into a message. */
export function isEncodableName(name: string): boolean {
  // The usual name at once: visible ASCII without escapes.
  if (name.length < MAX_NAME_BYTES && PLAIN_NAME.test(name)) return true;
  return encodeLabels(name) !== undefined;
}

/** The name with a trailing dot. */
export function absoluteName(name: string): string {
  return name.endsWith('.') && !name.endsWith('\\.') ? name : `${name}.`;
}

/** True when `name` is `zone` or below it; both lower case and absolute. */
export function isWithin(name: string, zone: string): boolean {
  if (name === zone) return true;
  // An escaped dot is part of a label: "a\\.consul." has one label and is not below "consul.".
  return name.endsWith(`.${zone}`) && name.charCodeAt(name.length - zone.length - 2) !== BACKSLASH;
}
