import { base64Decode, base64Encode } from '@mesh/base';

/** Bytes that a text stands for, or what is wrong with it. */
export type Decoded = { readonly bytes: Uint8Array } | { readonly wrong: string };

const HEX_BYTES_A_LINE = 16;
const BASE64_LINE = /.{1,76}/g;

/**
 * The text of a value; undefined where it is none: not UTF-8, or with NUL characters, which only binary
 * values have. A byte order mark stays, as a character.
 */
export function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** UTF-8 of a text. Halves of surrogate pairs, which a paste may bring, have none. */
export function bytesOfText(text: string): Decoded {
  const half = /[\ud800-\udfff]/u.exec(text);
  if (half) return { wrong: `character ${half.index + 1} is half of one, which no value can hold` };
  return { bytes: new TextEncoder().encode(text) };
}

const HEX_PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Hexadecimal in lines of 16 bytes: `48 65 6c`. */
export function hexOf(bytes: Uint8Array): string {
  let out = '';
  for (let at = 0; at < bytes.length; at++) {
    if (at > 0) out += at % HEX_BYTES_A_LINE === 0 ? '\n' : ' ';
    out += HEX_PAIRS[bytes[at]!]!;
  }
  return out;
}

/** Bytes of hexadecimal digits of either case; white space may stand anywhere. */
export function bytesOfHex(text: string): Decoded {
  const bytes = new Uint8Array(text.length >> 1);
  let digits = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const value = digitValue(code);
    if (value < 0) {
      if (/\s/.test(text[at]!)) continue;
      const odd = String.fromCodePoint(text.codePointAt(at)!);
      return { wrong: `${JSON.stringify(odd)} is no hexadecimal digit (0-9, a-f)` };
    }
    const place = digits >> 1;
    bytes[place] = (digits & 1) === 0 ? value << 4 : bytes[place]! | value;
    digits++;
  }
  if (digits % 2 !== 0) {
    return { wrong: `${digits} digits: a byte takes two, so one is missing or too many` };
  }
  return { bytes: bytes.slice(0, digits / 2) };
}

/** Value of a hexadecimal digit; -1 for anything else. */
function digitValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** Standard base64 in lines of 76 characters. */
export function base64Of(bytes: Uint8Array): string {
  return base64Encode(bytes).match(BASE64_LINE)?.join('\n') ?? '';
}

/** Bytes of standard base64, with padding; white space may stand anywhere. */
export function bytesOfBase64(text: string): Decoded {
  const odd = /[^A-Za-z0-9+/=\s]/u.exec(text);
  if (odd) {
    return {
      wrong: `${JSON.stringify(odd[0])} is not in base64 (A-Z, a-z, 0-9, +, /, = at the end)`,
    };
  }
  const bytes = base64Decode(text.replace(/\s+/g, ''));
  if (!bytes)
    return { wrong: 'base64 comes in groups of four characters, the last filled up with =' };
  return { bytes };
}

/** Whether two values are the same, byte for byte. */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}

/** A number of bytes for people: `512 KB (524,288 bytes)`. */
export function sizeText(bytes: number): string {
  const exact = `${bytes.toLocaleString('en')} ${bytes === 1 ? 'byte' : 'bytes'}`;
  return bytes < 1024 ? exact : `${Number((bytes / 1024).toFixed(1))} KB (${exact})`;
}
