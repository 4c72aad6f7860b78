import { notTest, perlClass, unicodeClass } from './char-class.ts';
import { type PatternScanner, patternError } from './pattern-scanner.ts';
import type { CharTest } from './syntax-tree.ts';

const CONTROL: Readonly<Record<string, number>> = {
  a: 7,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
};
const PUNCTUATION = /^[!-/:-@[-`{-~]$/;
const OCTAL = /0[0-7]{0,2}|[1-7][0-7]{1,2}/y;
const HEX = /x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,8})\})/y;
const PROPERTY = /([pP])(?:\{(\^?)([^}]*)\}|([A-Za-z]))/y;

/** What an escape stands for: a character or a class. */
export type Escape = { readonly codePoint: number } | { readonly test: CharTest };

/**
 * Takes an escape that may stand in a class as well as outside; the scanner is behind its
 * backslash.
 */
export function takeEscape(scanner: PatternScanner): Escape {
  const start = scanner.offset - 1;
  const octal = scanner.takeMatch(OCTAL);
  if (octal) return { codePoint: Number.parseInt(octal[0], 8) };
  const hex = scanner.takeMatch(HEX);
  if (hex) {
    const codePoint = Number.parseInt(hex[1] ?? hex[2]!, 16);
    if (codePoint > 0x10ffff) throw badEscape(scanner, start);
    return { codePoint };
  }
  const property = scanner.takeMatch(PROPERTY);
  if (property) return { test: propertyTest(property, scanner.since(start)) };
  const char = scanner.next();
  if (char === '') throw patternError('trailing backslash at end of expression', '');
  const test = perlClass(char);
  if (test) return { test };
  if (Object.hasOwn(CONTROL, char)) return { codePoint: CONTROL[char]! };
  if (PUNCTUATION.test(char)) return { codePoint: char.codePointAt(0)! };
  throw badEscape(scanner, start);
}

function propertyTest(match: RegExpExecArray, fragment: string): CharTest {
  const test = unicodeClass(match[3] ?? match[4]!);
  if (!test) throw patternError('invalid character class range', fragment);
  const negated = (match[1] === 'P') !== (match[2] === '^');
  return negated ? notTest(test) : test;
}

function badEscape(scanner: PatternScanner, start: number): Error {
  return patternError('invalid escape sequence', scanner.since(start));
}
