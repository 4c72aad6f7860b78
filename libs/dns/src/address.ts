const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const GROUP = /^[0-9a-fA-F]{1,4}$/;
const GROUPS = 8;

/**
 * Bytes of an IP address: 4 or 16. IPv4 mapped into IPv6 becomes 4. Undefined when the text is none
 * (a host name, or empty); zones ("%eth0") are not accepted.
 */
export function parseAddress(text: string): Uint8Array | undefined {
  if (!text.includes(':')) return parseIpv4(text);
  const groups = parseIpv6(text);
  if (!groups) return undefined;
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const [high, low] = [groups[6]!, groups[7]!];
    return Uint8Array.of(high >> 8, high & 255, low >> 8, low & 255);
  }
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]));
}

/** By hand: a large service has its instances' addresses parsed on each change. */
function parseIpv4(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(4);
  let index = 0;
  let value = 0;
  let digits = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (digits === 0 || index === 3) return undefined;
      bytes[index++] = value;
      value = 0;
      digits = 0;
    } else {
      value = value * 10 + code - ZERO;
      if (code < ZERO || code > NINE || ++digits > 3 || value > 255) return undefined;
    }
  }
  if (index !== 3 || digits === 0) return undefined;
  bytes[3] = value;
  return bytes;
}

function parseIpv6(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!);
  const tail = halves.length === 2 ? parseGroups(halves[1]!) : [];
  if (!head || !tail) return undefined;
  const missing = GROUPS - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...Array<number>(missing).fill(0), ...tail];
}

function parseGroups(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const hasEmbedded = parts.at(-1)!.includes('.');
  const embedded = hasEmbedded ? parseIpv4(parts.pop()!) : undefined;
  if (hasEmbedded && !embedded) return undefined;
  if (!parts.every((part) => GROUP.test(part))) return undefined;
  const groups = parts.map((part) => Number.parseInt(part, 16));
  if (embedded) {
    groups.push((embedded[0]! << 8) | embedded[1]!, (embedded[2]! << 8) | embedded[3]!);
  }
  return groups;
}

/** Text of 4 or 16 bytes; IPv6 shortened as RFC 5952 says. */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) groups.push((bytes[at]! << 8) | bytes[at + 1]!);
  const gap = longestZeroRun(groups);
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (gap.length < 2) return hex(groups);
  return `${hex(groups.slice(0, gap.start))}::${hex(groups.slice(gap.start + gap.length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}

/** Equal addresses, however they are spelled. Texts that are no address are never equal. */
export function isAddress(text: string, bytes: Uint8Array): boolean {
  const parsed = parseAddress(text);
  return parsed?.length === bytes.length && parsed.every((byte, at) => byte === bytes[at]);
}
