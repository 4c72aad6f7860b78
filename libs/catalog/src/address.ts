const IPV6_GROUPS = 8;
const GROUP = /^[0-9a-f]{1,4}$/;
const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/**
 * A form in which equal addresses are equal texts: IPv6 as eight groups without leading zeros (RFC
 * 4291 section 2.2 allows many spellings), everything else in lower case. Text that is no address
 * is kept.
 */
export function canonicalAddress(address: string): string {
  const text = address.toLowerCase();
  if (!text.includes(':')) return text;
  return ipv6Groups(text)?.join(':') ?? text;
}

/** True for the addresses that mean "any": 0.0.0.0 and ::. */
export function isAnyAddress(address: string): boolean {
  return address === '0.0.0.0' || canonicalAddress(address) === '0:0:0:0:0:0:0:0';
}

function ipv6Groups(text: string): readonly string[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0]!);
  const tail = halves.length === 2 ? groupsOf(halves[1]!) : [];
  if (!head || !tail) return undefined;
  const missing = IPV6_GROUPS - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...Array<string>(missing).fill('0'), ...tail];
}

function groupsOf(text: string): string[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const embedded = IPV4.exec(parts.at(-1)!);
  if (embedded) {
    const bytes = embedded.slice(1).map(Number);
    if (bytes.some((byte) => byte > 255)) return undefined;
    const [a, b, c, d] = bytes as [number, number, number, number];
    parts.splice(-1, 1, ((a << 8) | b).toString(16), ((c << 8) | d).toString(16));
  }
  if (!parts.every((part) => GROUP.test(part))) return undefined;
  return parts.map((part) => Number.parseInt(part, 16).toString(16));
}
