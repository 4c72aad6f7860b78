/** Texts of HCL 1: escapes (those of Go's string literals) and heredocs. */

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

const HEX_LENGTH: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const HEX = /^[0-9a-fA-F]+$/;
const OCTAL = /^[0-3][0-7]{2}$/;
const MAX_CODE_POINT = 0x10ffff;

/** A bad escape: its offset in the text and the reason. */
export interface EscapeProblem {
  readonly at: number;
  readonly why: string;
}

/** Text of a quoted string's inside; what stands in ${...} is kept as written. */
export function unquote(inner: string): string | EscapeProblem {
  if (!inner.includes('\\')) return inner;
  let out = '';
  let braces = 0;
  for (let at = 0; at < inner.length; at++) {
    const char = inner[at]!;
    if (braces > 0) {
      if (char === '{') braces++;
      else if (char === '}') braces--;
    } else if (char === '$' && inner[at + 1] === '{') {
      braces = 1;
      out += '$';
      at++;
      out += '{';
      continue;
    } else if (char === '\\') {
      const found = readEscape(inner, at + 1);
      if (typeof found === 'string') return { at, why: found };
      out += found.text;
      at += found.length;
      continue;
    }
    out += char;
  }
  return out;
}

/** The escape that follows a backslash: its text and length, or why it is none. */
function readEscape(inner: string, at: number): { text: string; length: number } | string {
  const letter = inner[at] ?? '';
  const simple = SIMPLE[letter];
  if (simple !== undefined) return { text: simple, length: 1 };
  const hexLength = HEX_LENGTH[letter];
  if (hexLength !== undefined) {
    const digits = inner.slice(at + 1, at + 1 + hexLength);
    if (digits.length !== hexLength || !HEX.test(digits)) {
      return `\\${letter} needs ${hexLength} hexadecimal digits`;
    }
    const code = Number.parseInt(digits, 16);
    if (code > MAX_CODE_POINT || (code >= 0xd800 && code <= 0xdfff)) {
      return `\\${letter}${digits} is no character`;
    }
    return { text: String.fromCodePoint(code), length: 1 + hexLength };
  }
  const octal = inner.slice(at, at + 3);
  if (OCTAL.test(octal)) {
    return { text: String.fromCodePoint(Number.parseInt(octal, 8)), length: 3 };
  }
  const shown = /[!-~]/.test(letter) ? `\\${letter}` : 'a backslash before a blank or the like';
  return `${shown} is none of \\n \\t \\r \\" \\\\ \\a \\b \\f \\v \\xHH \\uHHHH \\UHHHHHHHH`;
}

/**
 * The text of a heredoc whose first line begins at `start`. With `indented` (<<-) the blanks before
 * the closing word are taken from every line, if every line has them. Undefined when it is not
 * closed.
 */
export function heredocText(
  text: string,
  start: number,
  word: string,
  indented: boolean,
): { readonly value: string; readonly end: number } | undefined {
  const lines: string[] = [];
  for (let at = start; at <= text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(at, end);
    const bare = line.endsWith('\r') ? line.slice(0, -1) : line;
    const candidate = indented ? bare.trimStart() : bare;
    if (candidate === word) {
      const margin = bare.slice(0, bare.length - word.length);
      return { value: joinLines(lines, margin), end };
    }
    lines.push(line);
    if (newline === -1) return undefined;
    at = newline + 1;
  }
  return undefined;
}

function joinLines(lines: readonly string[], margin: string): string {
  const strip = margin !== '' && lines.every((line) => line.startsWith(margin));
  return lines.map((line) => `${strip ? line.slice(margin.length) : line}\n`).join('');
}
