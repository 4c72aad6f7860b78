import type { CharTest } from './syntax-tree.ts';

const ASCII_CLASSES: Readonly<Record<string, string>> = {
  alnum: '09AZaz',
  alpha: 'AZaz',
  ascii: '\u0000\u007f',
  blank: '\t\t  ',
  cntrl: '\u0000\u001f\u007f\u007f',
  digit: '09',
  graph: '!~',
  lower: 'az',
  print: ' ~',
  punct: '!/:@[`{~',
  space: '\t\r  ',
  upper: 'AZ',
  word: '09AZaz__',
  xdigit: '09AFaf',
};

const PERL_CLASSES: Readonly<Record<string, CharTest>> = {
  d: rangesTest('09'),
  s: rangesTest('\t\n\f\r  '),
  w: rangesTest('09AZaz__'),
};

/** Code points from one to another, both included. */
export function rangeTest(low: number, high: number): CharTest {
  return low === high ? (c) => c === low : (c) => c >= low && c <= high;
}

/** All that any of the tests accepts. */
export function anyTest(tests: readonly CharTest[]): CharTest {
  return tests.length === 1 ? tests[0]! : (c) => tests.some((test) => test(c));
}

/** All that the test refuses. */
export function notTest(test: CharTest): CharTest {
  return (c) => !test(c);
}

/** Accepts what the test accepts in upper or in lower case. */
export function foldTest(test: CharTest): CharTest {
  return (c) => {
    if (test(c)) return true;
    const char = String.fromCodePoint(c);
    const upper = singleCodePoint(char.toUpperCase(), c);
    return test(upper) || test(singleCodePoint(char.toLowerCase(), c)) || test(lowerOf(upper));
  };
}

/** `\d`, `\S` and their kin; undefined for other letters. */
export function perlClass(letter: string): CharTest | undefined {
  const test = PERL_CLASSES[letter.toLowerCase()];
  if (!test || letter === letter.toLowerCase()) return test;
  return notTest(test);
}

/** The class of `[:name:]`; undefined for unknown names. */
export function posixClass(name: string): CharTest | undefined {
  return Object.hasOwn(ASCII_CLASSES, name) ? rangesTest(ASCII_CLASSES[name]!) : undefined;
}

/** The class of `\p{name}`: a general category or a script; undefined for unknown names. */
export function unicodeClass(name: string): CharTest | undefined {
  if (name === 'Any') return () => true;
  if (!/^[A-Za-z_]{1,40}$/.test(name)) return undefined;
  for (const property of [`gc=${name}`, `sc=${name}`]) {
    try {
      // One class against one character: nothing here can backtrack.
      const pattern = new RegExp(`^\\p{${property}}$`, 'u');
      return (c) => pattern.test(String.fromCodePoint(c));
    } catch {
      // Not a property of this kind.
    }
  }
  return undefined;
}

/** Pairs of first and last characters. */
function rangesTest(pairs: string): CharTest {
  const tests: CharTest[] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    tests.push(rangeTest(pairs.charCodeAt(i), pairs.charCodeAt(i + 1)));
  }
  return anyTest(tests);
}

function lowerOf(codePoint: number): number {
  return singleCodePoint(String.fromCodePoint(codePoint).toLowerCase(), codePoint);
}

/** The one code point of a text, or the other when there are several ("ß" in upper case). */
function singleCodePoint(text: string, otherwise: number): number {
  const codePoint = text.codePointAt(0)!;
  return text.length === (codePoint > 0xffff ? 2 : 1) ? codePoint : otherwise;
}
