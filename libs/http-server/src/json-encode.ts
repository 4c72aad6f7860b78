/**
 * JSON as Go's encoding/json writes it, which is what clients of the original parse and sometimes compare:
 * <, >, & and U+2028/9 escaped, byte slices as base64, unsigned 64-bit numbers in full, no \b or \f,
 * broken UTF-16 as U+FFFD, pretty answers indented by four and ended by a newline.
 */

/** Escape pairs are consumed whole, so that the `\\` of `\\b` is not taken for the start of `\b`. */
const NATIVE_FIXES = /[<>&\u2028\u2029]|\\(?:u[0-9a-f]{4}|.)/g;
const NEEDS_FIX = /[<>&\u2028\u2029]|\\[bf]|\\ud[89a-f]/;
/** What keeps a string from being written as it is. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be escaped
const SPECIAL = /[\u0000-\u001f"\\<>&\u2028\u2029\ud800-\udfff]/;

/** Deeper values are refused: they are our own values, and none of them nests like that. */
const MAX_DEPTH = 200;

/**
 * Encodes a value. Properties that are undefined are left out; functions and symbols count as undefined.
 * Pretty answers end with a newline, compact ones do not.
 */
export function encodeJson(value: unknown, pretty = false): string {
  if (hasExotic(value, 0)) {
    const text = pretty ? writePretty(value, '\n', 0) : writeCompact(value, 0);
    return pretty ? `${text ?? 'null'}\n` : (text ?? 'null');
  }
  const text = JSON.stringify(value, null, pretty ? 4 : undefined) ?? 'null';
  const fixed = NEEDS_FIX.test(text) ? text.replace(NATIVE_FIXES, fixNative) : text;
  return pretty ? `${fixed}\n` : fixed;
}

/** True when the engine's own encoder would get the value wrong: bytes and bigints. */
function hasExotic(value: unknown, depth: number): boolean {
  if (typeof value === 'bigint') return true;
  if (typeof value !== 'object' || value === null) return false;
  if (depth > MAX_DEPTH) throw new Error('value nests too deeply for JSON');
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) {
      if (hasExotic(value[at], depth + 1)) return true;
    }
    return false;
  }
  if (value instanceof Uint8Array) return true;
  for (const name in value) {
    const member = (value as Record<string, unknown>)[name];
    if (typeof member === 'string') continue;
    if (hasExotic(member, depth + 1)) return true;
  }
  return false;
}

function fixNative(match: string): string {
  switch (match) {
    case '<':
      return '\\u003c';
    case '>':
      return '\\u003e';
    case '&':
      return '\\u0026';
    case '\u2028':
      return '\\u2028';
    case '\u2029':
      return '\\u2029';
    case '\\b':
      return '\\u0008';
    case '\\f':
      return '\\u000c';
    default:
      // A lone surrogate, which the engine writes as an escape; nothing else is written as \ud....
      return match.startsWith('\\ud') && match.length === 6 ? '\\ufffd' : match;
  }
}

/** A JSON string literal. */
export function encodeString(text: string): string {
  if (!SPECIAL.test(text)) return `"${text}"`;
  const native = JSON.stringify(text);
  return NEEDS_FIX.test(native) ? native.replace(NATIVE_FIXES, fixNative) : native;
}

function encodeBytes(bytes: Uint8Array): string {
  return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}"`;
}

/** A value without members; undefined when it is an object or an array. */
function writeScalar(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return encodeString(value);
    case 'number':
      return Number.isFinite(value) ? String(value === 0 ? 0 : value) : 'null';
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return value.toString();
    case 'object':
      if (value === null) return 'null';
      return value instanceof Uint8Array ? encodeBytes(value) : undefined;
    default:
      return 'null';
  }
}

function isAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol';
}

function writeCompact(value: unknown, depth: number): string {
  const scalar = writeScalar(value);
  if (scalar !== undefined) return scalar;
  if (depth > MAX_DEPTH) throw new Error('value nests too deeply for JSON');
  if (Array.isArray(value)) {
    let out = '[';
    for (let at = 0; at < value.length; at++) {
      if (at > 0) out += ',';
      out += writeCompact(value[at], depth + 1);
    }
    return `${out}]`;
  }
  let out = '{';
  const record = value as Record<string, unknown>;
  for (const name of Object.keys(record)) {
    const member = record[name];
    if (isAbsent(member)) continue;
    if (out.length > 1) out += ',';
    out += `${encodeString(name)}:${writeCompact(member, depth + 1)}`;
  }
  return `${out}}`;
}

function writePretty(value: unknown, newline: string, depth: number): string {
  const scalar = writeScalar(value);
  if (scalar !== undefined) return scalar;
  if (depth > MAX_DEPTH) throw new Error('value nests too deeply for JSON');
  const inner = `${newline}    `;
  const parts: string[] = [];
  if (Array.isArray(value)) {
    for (const element of value) parts.push(writePretty(element, inner, depth + 1));
    return parts.length === 0 ? '[]' : `[${inner}${parts.join(`,${inner}`)}${newline}]`;
  }
  const record = value as Record<string, unknown>;
  for (const name of Object.keys(record)) {
    const member = record[name];
    if (isAbsent(member)) continue;
    parts.push(`${encodeString(name)}: ${writePretty(member, inner, depth + 1)}`);
  }
  return parts.length === 0 ? '{}' : `{${inner}${parts.join(`,${inner}`)}${newline}}`;
}
