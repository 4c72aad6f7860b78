import { MeshError } from '@mesh/base';
import fc from 'fast-check';
import { parseHcl } from './parser.ts';

function parsed(text: string): unknown {
  return JSON.parse(JSON.stringify(parseHcl(text, 't.hcl')));
}

function refusal(text: string): string {
  try {
    parseHcl(text, 't.hcl');
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(MeshError);
    expect((thrown as Error).message).not.toContain('\n');
    return (thrown as Error).message;
  }
  throw new Error('was accepted');
}

describe('what is accepted', () => {
  test.each<[string, unknown]>([
    ['', {}],
    ['a = 1', { a: 1 }],
    ['a = 1 b = "x" c = true d = false', { a: 1, b: 'x', c: true, d: false }],
    ['a = 1, b = 2,', { a: 1, b: 2 }],
    ['"a b" = 1', { 'a b': 1 }],
    ['a-b.c_d = 1', { 'a-b.c_d': 1 }],
    ['n = [-1, 0x1F, 017, 1.5, -2e3, 1E+2, .5, 0]', { n: [-1, 31, 15, 1.5, -2000, 100, 0.5, 0] }],
    ['l = []', { l: [] }],
    ['l = ["a", ["b"], { c = 1 },]', { l: ['a', ['b'], { c: 1 }] }],
    ['b { c = 1 }', { b: { c: 1 } }],
    ['b = { c = 1 }', { b: { c: 1 } }],
    ['b { c = 1 } b { c = 2 }', { b: [{ c: 1 }, { c: 2 }] }],
    ['b {} b {} b {}', { b: [{}, {}, {}] }],
    ['s "web" { p = 1 }', { s: { web: { p: 1 } } }],
    ['s "a" "b" { p = 1 }', { s: { a: { b: { p: 1 } } } }],
    ['s "web" { p = 1 } s "db" { p = 2 }', { s: [{ web: { p: 1 } }, { db: { p: 2 } }] }],
    ['t = ["a"] t = ["b"]', { t: ['a', 'b'] }],
    ['a = 1 a = 2', { a: 2 }],
    ['# c\n// d\n/* e\nf */ a = 1 # g\nb = 2 // h', { a: 1, b: 2 }],
    ['a = "\\n\\t\\"\\\\\\u00e9\\U0001F600\\x41\\101"', { a: '\n\t"\\é😀AA' }],
    ['a = "$\x7bx("y")} b"', { a: '$\x7bx("y")} b' }],
    ['a = <<EOF\none\n two\nEOF\nb = 1', { a: 'one\n two\n', b: 1 }],
    ['a = <<-EOF\n  one\n   two\n  EOF\n', { a: 'one\n two\n' }],
    ['a = <<-EOF\n one\n  two\n   EOF\n', { a: ' one\n  two\n' }],
    ['\uFEFFa = 1\r\nb = 2\r\n', { a: 1, b: 2 }],
    ['__proto__ { a = 1 }', JSON.parse('{"__proto__":{"a":1}}')],
    ['é = "ü"', { é: 'ü' }],
  ])('%j', (text, value) => {
    expect(parsed(text)).toEqual(value);
  });
});

describe('what is refused, with its place', () => {
  test.each([
    ['a', 't.hcl:1:2: expected "=" or "{", found the end of the file'],
    ['a =', 't.hcl:1:4: expected a value, found the end of the file'],
    ['a = b', 't.hcl:1:5: expected a value (a text needs double quotes), found b'],
    ['\n  a = 10s', 't.hcl:2:7: "10s" is not a number; a text needs double quotes'],
    ['a = "x', 't.hcl:1:5: text is not closed by a double quote on its line'],
    ['a = "x\ny"', 't.hcl:1:5: text is not closed by a double quote on its line'],
    ['a = "\\q"', 't.hcl:1:6: invalid escape in a text: \\q is none of'],
    ['a = "\\u12"', 't.hcl:1:6: invalid escape in a text: \\u needs 4 hexadecimal digits'],
    ['a = "\\ud800"', 't.hcl:1:6: invalid escape in a text: \\ud800 is no character'],
    ['a = <<EOF\nx', 't.hcl:1:5: heredoc is not closed by a line with EOF alone'],
    ['a = <EOF', 't.hcl:1:5: expected a heredoc'],
    ['/* x', 't.hcl:1:1: comment is not closed by */'],
    ['a {', 't.hcl:1:4: expected a key, found the end of the file'],
    ['a { b = 1 ]', 't.hcl:1:11: expected a key, found "]"'],
    ['}', 't.hcl:1:1: expected a key, found "}"'],
    ['a "b" = 1', 't.hcl:1:7: expected "{" after a label, found "="'],
    ['a = [1 2]', 't.hcl:1:8: expected "," or "]", found 2'],
    ['a = [,]', 't.hcl:1:6: expected a value, found ","'],
    ['a = 1 a { }', 't.hcl:1:7: "a" stands twice, as a scalar and as a block'],
    ['a = 1e999', 't.hcl:1:5: number 1e999 is out of range'],
    ['a = "\\\n"', 't.hcl:1:5: text is not closed by a double quote on its line'],
    ['a = "\\\r"', 'a backslash before a blank or the like is none of'],
    ['"a\\n" = 1 "a\\n" {}', '"a\\n" stands twice'],
    ['a = ;', 't.hcl:1:5: unexpected character ";"'],
    ['{ }', 't.hcl:1:1: expected a key, found "{"'],
    [`a = ${'['.repeat(100)}`, 'nested deeper than 64 levels'],
    ['a {'.repeat(100), 'nested deeper than 64 levels'],
    ['"x" '.repeat(100), 'expected fewer labels'],
  ])('%j', (text, message) => {
    expect(refusal(text)).toContain(message);
  });

  test('too long a text', () => {
    expect(() => parseHcl(' '.repeat(16 * 1024 * 1024 + 1))).toThrow(/accepted are at most/);
  });
});

describe('fuzz', () => {
  const pieces = [
    'a',
    'b',
    '=',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"x"',
    '"',
    '1',
    '-',
    '0x',
    '1e',
    '<<E\n',
    'E\n',
    '\n',
    ' ',
    '#',
    '/*',
    '*/',
    '//',
    'true',
    '\\',
    '${',
    '.',
    'é',
    '\uFEFF',
  ];

  test('any text gives a value or a MeshError of one line', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((list) => list.join('')),
      fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((list) => list.join(' ')),
    );
    fc.assert(
      fc.property(text, (input) => {
        try {
          parseHcl(input, 'f');
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(MeshError);
          expect((thrown as Error).message).not.toContain('\n');
        }
      }),
      { numRuns: 5000 },
    );
  });

  test('values written as HCL come back', () => {
    const scalar = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.boolean(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        scalar,
        fc.array(tie('value'), { maxLength: 4 }),
        tie('map'),
      ),
      map: fc.dictionary(fc.string({ minLength: 1 }), tie('value'), { maxKeys: 4 }),
    }));
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), value), (map) => {
        const text = Object.entries(map).map(([key, inner]) => `${quote(key)} = ${write(inner)}`);
        expect(parsed(text.join('\n'))).toEqual(JSON.parse(JSON.stringify(map)));
      }),
      { numRuns: 500 },
    );
  });

  test('long inputs take time in proportion to their length', () => {
    const attacks = [
      '/*'.repeat(200_000),
      '"'.repeat(200_001),
      '${'.repeat(100_000),
      `a = "${'${'.repeat(100_000)}`,
      'a = <<E\n'.repeat(1) + 'x\n'.repeat(200_000),
      '1'.repeat(400_000),
      'a '.repeat(200_000),
    ];
    for (const text of attacks) expect(() => parseHcl(text)).toThrow(MeshError);
    const many = 'k = 1\n'.repeat(100_000);
    expect(parseHcl(many)).toEqual(Object.assign(Object.create(null), { k: 1 }));
  });
});

function quote(text: string): string {
  const escaped = text.replace(
    /[\\"\n$]/g,
    (char) => ({ '\n': '\\n', $: '\\x24' })[char] ?? `\\${char}`,
  );
  return `"${escaped}"`;
}

function write(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map(write).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${quote(key)} = ${write(inner)}`)
      .join('\n')} }`;
  }
  return String(Object.is(value, -0) ? 0 : value);
}
