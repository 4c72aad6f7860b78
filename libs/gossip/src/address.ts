import { MeshError } from '@mesh/base';

/** Where a member listens for gossip, UDP and TCP alike. */
export interface GossipAddress {
  /**
   * An IP address in its shortest text form (RFC 5952 for IPv6), never a name, and never an IPv4
   * address in IPv6 form: equal addresses are equal texts.
   */
  readonly host: string;
  readonly port: number;
}

const GROUPS = 8;
const ZERO = '0'.charCodeAt(0);
/** Of a digit, where one was expected. */
const DOT = '.'.charCodeAt(0) - ZERO;

/** IPv4 addresses that are remembered with their texts, a power of two: each message names one or two. */
const FOUR_TEXTS = 4096;
const fourValues = new Uint32Array(FOUR_TEXTS);
const fourTexts = new Array<string>(FOUR_TEXTS).fill('');

/** `1.2.3.4:80`, `[::1]:80`. */
export function formatAddress({ host, port }: GossipAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An IP address in its shortest form; undefined where the text is none. Zones are dropped. */
export function parseIp(text: string): string | undefined {
  const bytes = parseBytes(text);
  return bytes ? ipText(bytes) : undefined;
}

/** An address in network order, 4 or 16 bytes. Throws MeshError where the text is no IP address. */
export function ipBytes(host: string): Uint8Array {
  const bytes = parseBytes(host);
  if (!bytes) throw new MeshError('invalid-argument', `"${host}" is no IP address`);
  return mapped(bytes) ?? bytes;
}

/** The text of 4 or 16 bytes; IPv4 in IPv6 form becomes IPv4. Throws MeshError for another length. */
export function ipText(bytes: Uint8Array): string {
  const four = bytes.length === 16 ? mapped(bytes) : bytes;
  if (four?.length === 4) return fourText(four);
  if (bytes.length !== 16) {
    throw new MeshError('invalid-argument', `an IP address of ${bytes.length} bytes`);
  }
  return sixteenText(bytes);
}

/** The last four bytes of ::ffff:0:0/96. */
function mapped(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length !== 16) return undefined;
  for (let at = 0; at < 10; at++) if (bytes[at] !== 0) return undefined;
  return bytes[10] === 0xff && bytes[11] === 0xff ? bytes.subarray(12) : undefined;
}

function fourText(four: Uint8Array): string {
  const value = ((four[0]! << 24) | (four[1]! << 16) | (four[2]! << 8) | four[3]!) >>> 0;
  const place = (value ^ (value >>> 12)) & (FOUR_TEXTS - 1);
  if (fourValues[place] !== value || fourTexts[place] === '') {
    fourValues[place] = value;
    fourTexts[place] = `${four[0]}.${four[1]}.${four[2]}.${four[3]}`;
  }
  return fourTexts[place]!;
}

/** RFC 5952: lower case, the first longest run of two or more zero groups as `::`. */
function sixteenText(bytes: Uint8Array): string {
  const groups = Array.from(
    { length: GROUPS },
    (_, at) => (bytes[2 * at]! << 8) | bytes[2 * at + 1]!,
  );
  let start = -1;
  let length = 1;
  for (let at = 0; at < GROUPS; at++) {
    let end = at;
    while (end < GROUPS && groups[end] === 0) end++;
    if (end - at > length) {
      start = at;
      length = end - at;
    }
    if (end > at) at = end - 1;
  }
  const hex = groups.map((group) => group.toString(16));
  if (start < 0) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function parseBytes(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseSixteen(text.split('%')[0]!) : parseFour(text);
}

/** Digit by digit: every packet that is sent has an address. */
function parseFour(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(4);
  let part = 0;
  let value = 0;
  let digits = 0;
  for (let at = 0; at <= text.length; at++) {
    const digit = at === text.length ? DOT : text.charCodeAt(at) - ZERO;
    if (digit === DOT) {
      if (digits === 0 || part === 4) return undefined;
      bytes[part++] = value;
      value = 0;
      digits = 0;
      continue;
    }
    // No leading zeros: others read them as octal.
    if (digit < 0 || digit > 9 || (digits > 0 && value === 0)) return undefined;
    value = value * 10 + digit;
    digits++;
    if (value > 255) return undefined;
  }
  return part === 4 ? bytes : undefined;
}

function parseSixteen(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, at) => groupsOf(half, at === halves.length - 1));
  if (!head || (halves.length === 2 && !tail)) return undefined;
  const given = head.length + (tail?.length ?? 0);
  if (halves.length === 1 ? given !== GROUPS : given >= GROUPS) return undefined;
  const zeros = new Array<number>(GROUPS - given).fill(0);
  const groups = [...head, ...zeros, ...(tail ?? [])];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** Groups of half an address; the last of all may be an IPv4 address. */
function groupsOf(half: string, isLast: boolean): number[] | undefined {
  if (half === '') return [];
  const groups: number[] = [];
  const parts = half.split(':');
  for (const [at, part] of parts.entries()) {
    if (isLast && at === parts.length - 1 && part.includes('.')) {
      const four = parseFour(part);
      if (!four) return undefined;
      groups.push((four[0]! << 8) | four[1]!, (four[2]! << 8) | four[3]!);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}
