import { MeshError } from '@mesh/base';
import fc from 'fast-check';
import { compileFilter } from '../compile.ts';
import { compilePattern } from './pattern.ts';

test.each<[string, string[], string[]]>([
  ['', ['', 'x'], []],
  ['web', ['web', 'a web b'], ['we b', 'WEB']],
  ['^web$', ['web'], ['web1', 'web\n', 'aweb']],
  ['^web-[0-9]+$', ['web-1', 'web-042'], ['web-', 'web-x']],
  ['a|bc|', [''], []],
  ['^(a|bc)$', ['a', 'bc'], ['ab', 'c', '']],
  ['^a*$', ['', 'aaa'], ['b']],
  ['^a+?$', ['a', 'aa'], ['']],
  ['^(ab)?c$', ['c', 'abc'], ['ac']],
  ['^a{2}$', ['aa'], ['a', 'aaa']],
  ['^a{2,}$', ['aa', 'aaaaa'], ['a']],
  ['^a{2,3}$', ['aa', 'aaa'], ['a', 'aaaa']],
  ['^a{0}$', [''], ['a']],
  ['^a{,2}$', ['a{,2}'], ['a']],
  ['^x{a$', ['x{a'], ['x']],
  ['^.$', ['a', '\u{1F600}', 'é'], ['', '\n', 'ab']],
  ['(?s)^.$', ['\n'], ['']],
  ['(?i)^web$', ['WEB', 'wEb'], ['wed']],
  ['^(?i:w)eb$', ['Web'], ['WEB']],
  ['^(?i)w(?-i)eb$', ['Web'], ['WEB']],
  ['^((?i)w)eb$', ['Web'], ['WEB']],
  ['(?i)^[a-c]ä$', ['BÄ', 'bä'], ['dä']],
  ['(?im)^B$', ['a\nb\nc'], ['ab']],
  ['(?U)^a+$', ['aa'], ['b']],
  ['\\Aa\\z', ['a'], ['a\n', 'ba']],
  ['\\bweb\\b', ['a web', 'web-1', 'web'], ['web1', 'aweb', 'web_']],
  ['\\Bb', ['ab'], ['b', 'a b']],
  ['^\\d\\D\\s\\S\\w\\W$', ['1a x_-'], ['aa x_-', '1a xx_']],
  ['^\\.\\-\\/\\\\$', ['.-/\\'], ['a-/\\']],
  ['^\\x41\\x{1F600}\\101\\0\\t\\n$', ['A\u{1F600}A\u0000\t\n'], ['A']],
  ['^\\Qa.b*\\E+$', ['a.b*', 'a.b***'], ['axb', 'a.b']],
  ['^\\Q[x', ['[x'], ['x']],
  ['^[abc]+$', ['cab'], ['abd']],
  ['^[^abc]+$', ['xyz'], ['xa']],
  ['^[]a]+$', [']a'], ['b']],
  ['^[^]a]$', ['b'], [']']],
  ['^[a-]+$', ['-a'], ['b']],
  ['^[-a]+$', ['-a'], ['b']],
  ['^[\\d-z]+$', ['1-z'], ['y']],
  ['^[\\]\\-\\^]+$', [']-^'], ['a']],
  ['^[[:alpha:][:digit:]_]+$', ['aZ09_'], ['-']],
  ['^[[:^space:]]+$', ['ab'], ['a b']],
  ['^[^[:punct:]]$', ['a'], ['!']],
  ['^\\pL\\p{Greek}\\PL\\p{^Lu}\\P{^Lu}$', ['éα1aA'], ['éa1aA', '1α1aA']],
  ['^(?P<name>a)(?<other>b)(?:c)$', ['abc'], ['ab']],
  ['^(a*)*$', ['', 'aaa'], ['b']],
  ['^(a*)+b$', ['b', 'aab'], ['a']],
  ['(|a)*b', ['b', 'aab'], ['a']],
  ['^(?:a(?:b|c){1,2}){2}$', ['abac', 'abcacb'], ['ab', 'abcba']],
  ['a^b', [], ['ab', 'a^b']],
  ['^^a$$', ['a'], ['aa']],
])('%j', (source, matching, others) => {
  const pattern = compilePattern(source);
  for (const text of matching) expect([text, pattern.test(text)]).toEqual([text, true]);
  for (const text of others) expect([text, pattern.test(text)]).toEqual([text, false]);
});

test.each([
  ['*', 'missing argument to repetition operator: `*`'],
  ['a|*', 'missing argument to repetition operator: `*`'],
  ['(+)', 'missing argument to repetition operator: `+`'],
  ['(?i)*', 'missing argument to repetition operator: `*`'],
  ['a**', 'invalid nested repetition operator: `**`'],
  ['a*?+', 'invalid nested repetition operator: `*?+`'],
  ['a{2}{3}', 'invalid nested repetition operator'],
  ['a{3,2}', 'invalid repeat count: `{3,2}`'],
  ['a{1001}', 'invalid repeat count: `{1001}`'],
  ['(', 'missing closing ): `(`'],
  [')', 'unexpected ): `)`'],
  ['[', 'missing closing ]: `[`'],
  ['[]', 'missing closing ]: `[]`'],
  ['[z-a]', 'invalid character class range: `z-a`'],
  ['[a-\\d]', 'invalid character class range: `a-\\d`'],
  ['[[:nope:]]', 'invalid character class range: `[:nope:]`'],
  ['\\p{Nope}', 'invalid character class range: `\\p{Nope}`'],
  ['\\8', 'invalid escape sequence: `\\8`'],
  ['\\1', 'invalid escape sequence: `\\1`'],
  ['\\y', 'invalid escape sequence: `\\y`'],
  ['\\x{110000}', 'invalid escape sequence'],
  ['a\\', 'trailing backslash at end of expression'],
  ['(?=a)', 'invalid or unsupported Perl syntax: `(?=a`'],
  ['(?<=a)', 'invalid or unsupported Perl syntax'],
  ['((a{100}){100}){100}', 'expression too large'],
  ['((){1000}){1000}', 'expression too large'],
  ['('.repeat(200), 'nests deeper than 100'],
  ['a'.repeat(1025), 'at most 1024'],
])('%j is refused: %s', (source, message) => {
  expect(() => compilePattern(source)).toThrow(MeshError);
  expect(() => compilePattern(source)).toThrow('error parsing regexp: ');
  expect(() => compilePattern(source)).toThrow(message);
});

/** Patterns that mean the same to the platform's engine, which serves as the oracle. */
const charAtom = fc.constantFrom(
  'a',
  'b',
  '-',
  '.',
  '[ab]',
  '[^a]',
  '[a-b]',
  '\\w',
  '\\W',
  '\\d',
  '\\n',
);
const assertion = fc.constantFrom('^', '$', '\\b', '\\B');
const { pattern: anyPattern } = fc.letrec<{ pattern: string; piece: string }>((tie) => ({
  piece: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    charAtom,
    assertion,
    fc
      .tuple(charAtom, fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{0,1}', '*?'))
      .map((t) => t.join('')),
    fc
      .tuple(tie('pattern'), fc.constantFrom('', '*', '+', '?', '{2}'))
      .map(([p, q]) => `(?:${p})${q}`),
    fc.tuple(tie('pattern'), tie('pattern')).map(([p, q]) => `(${p}|${q})`),
  ),
  pattern: fc.array(tie('piece'), { maxLength: 4 }).map((pieces) => pieces.join('')),
}));

test('agrees with a backtracking engine', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '-', '1', '\n', 'é'), maxLength: 8 });
  let matches = 0;
  fc.assert(
    fc.property(
      anyPattern,
      fc.array(text, { maxLength: 5 }),
      fc.boolean(),
      (source, texts, multi) => {
        const oracle = new RegExp(source, multi ? 'mu' : 'u');
        const pattern = compilePattern(multi ? `(?m)${source}` : source);
        for (const one of texts) {
          const expected = oracle.test(one);
          if (expected) matches++;
          expect([one, pattern.test(one)]).toEqual([one, expected]);
        }
      },
    ),
    { numRuns: 2000 },
  );
  expect(matches).toBeGreaterThan(100);
});

test('nothing but MeshError comes out of any source', () => {
  const piece = fc.constantFrom(
    ...['(', ')', '[', ']', '{', '}', '*', '+', '?', '|', '^', '$', '\\', '.', '-', ':', '?P<n>'],
    ...['1', ',', 'a', 'Q', 'E', 'p', 'x', '[:alpha:]', '(?i', '\u{1F600}', '\ud800', '&&', '='],
  );
  const source = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(source, fc.string({ unit: 'binary' }), (one, text) => {
      try {
        expect(typeof compilePattern(one).test(text)).toBe('boolean');
      } catch (thrown) {
        if (!(thrown instanceof MeshError)) throw thrown;
      }
    }),
    { numRuns: 5000 },
  );
});

describe('patterns that take a backtracking engine for ever', () => {
  test.each([
    ['^(a+)+$', 'a'.repeat(5000), 'b'],
    ['^(a|a)*$', 'a'.repeat(5000), 'b'],
    ['^(a|aa)+$', 'a'.repeat(5000), 'b'],
    ['(x+x+)+y', 'x'.repeat(5000), 'z'],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(5000), ''],
    ['(.*)(.*)(.*)(.*)(.*)[^b]c', 'a'.repeat(5000), ''],
  ])('%s', (source, text, tail) => {
    expect(compilePattern(source).test(text + tail)).toBe(false);
  });

  test('run out of credit instead of time; a later text gets some back', () => {
    // Each of the last 900 characters may be where the a was: the sets of threads never repeat.
    const pattern = compilePattern('a[ab]{900}c');
    let seed = 7;
    const next = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed > 1073741824 ? 'a' : 'b';
    };
    const text = Array.from({ length: 100_000 }, next).join('');
    expect(() => pattern.test(text)).toThrow(MeshError);
    expect(() => pattern.test(text)).toThrow('takes too long');
    expect(pattern.test('short')).toBe(false);
  });

  test('share one allowance in a filter, which long expressions use up before any row', () => {
    const schema = { Text: 'string' } as const;
    const many = Array.from({ length: 300 }, () => 'Text matches "a{1000}"').join(' or ');
    expect(() => compileFilter(many, schema)).toThrow('takes too long');
    const few = Array.from({ length: 8 }, () => 'Text matches "a[ab]{90}c"').join(' or ');
    const filter = compileFilter(few, schema);
    const rows = Array.from({ length: 1000 }, (_, i) => ({
      Text: (i * 2654435761).toString(2).replaceAll('0', 'a').replaceAll('1', 'b').repeat(40),
    }));
    expect(() => rows.filter(filter)).toThrow('takes too long');
    expect(rows.filter(compileFilter('Text matches "^b.*ab$"', schema)).length).toBeGreaterThan(0);
  });

  test('remember no more than their share of a text with many characters', () => {
    const pattern = compilePattern('^.*x$');
    let text = '';
    for (let c = 0x4e00; c < 0x4e00 + 20_000; c++) text += String.fromCodePoint(c);
    expect(pattern.test(text.repeat(4))).toBe(false);
    expect(pattern.test(`${text}x`)).toBe(true);
  });
});
