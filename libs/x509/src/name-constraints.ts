/** Name constraints of an authority (RFC 5280 4.2.1.10), as far as names of DNS go. */
import { Extension } from '@peculiar/x509';

/** Object identifier of the extension. */
export const NAME_CONSTRAINTS = '2.5.29.30';

const SEQUENCE = 0x30;
/** permittedSubtrees. */
const PERMITTED = 0xa0;
/** dNSName, as a GeneralName. */
const DNS_NAME = 0x82;

/** The authority's certificates count for names of these domains and below them alone. */
export function nameConstraints(domains: readonly string[]): Extension {
  const subtrees = domains.map((name) =>
    encode(SEQUENCE, encode(DNS_NAME, Buffer.from(name, 'latin1'))),
  );
  const value = encode(SEQUENCE, encode(PERMITTED, Buffer.concat(subtrees)));
  return new Extension(NAME_CONSTRAINTS, true, value);
}

/** Domains that an extension permits; undefined where it does not bound names of DNS, or makes no sense. */
export function permittedDomains(value: ArrayBuffer): readonly string[] | undefined {
  const [whole] = decode(Buffer.from(value));
  const permitted = decode(whole?.content).find(({ tag }) => tag === PERMITTED);
  const names = decode(permitted?.content)
    .map(({ content }) => decode(content)[0])
    .filter((name) => name?.tag === DNS_NAME)
    .map((name) => name!.content.toString('latin1'));
  return names.length > 0 ? names : undefined;
}

/** Whether a name is of one of the domains or below it. */
export function isPermitted(name: string, domains: readonly string[]): boolean {
  const lower = name.toLowerCase();
  return domains.some((domain) => {
    const bare = domain.toLowerCase().replace(/^\./, '');
    return bare === '' || lower === bare || lower.endsWith(`.${bare}`);
  });
}

interface DerItem {
  readonly tag: number;
  readonly content: Buffer;
}

function encode(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const digits = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 | digits.length), digits, content]);
}

/** The items that stand one after another; up to the first that is cut short. */
function decode(bytes: Buffer = Buffer.alloc(0)): readonly DerItem[] {
  const items: DerItem[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const tag = bytes[at]!;
    let length = bytes[at + 1]!;
    at += 2;
    if (length >= 0x80) {
      const digits = length & 0x7f;
      if (digits === 0 || digits > 4 || at + digits > bytes.length) break;
      length = bytes.readUIntBE(at, digits);
      at += digits;
    }
    if (at + length > bytes.length) break;
    items.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return items;
}
