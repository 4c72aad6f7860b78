import {
  base64Of,
  bytesOfBase64,
  bytesOfHex,
  bytesOfText,
  equalBytes,
  hexOf,
  sizeText,
  textOf,
} from './value-codec.ts';

const every = Uint8Array.from({ length: 1000 }, (_, at) => (at * 7) & 255);

test('hex and base64 give back every byte', () => {
  for (let length = 0; length < 70; length++) {
    const bytes = every.subarray(0, length);
    expect(bytesOfHex(hexOf(bytes))).toEqual({ bytes: new Uint8Array(bytes) });
    expect(bytesOfBase64(base64Of(bytes))).toEqual({ bytes: new Uint8Array(bytes) });
  }
  expect(bytesOfHex(hexOf(every))).toEqual({ bytes: every });
  expect(bytesOfBase64(base64Of(every))).toEqual({ bytes: every });
});

test('lines are short', () => {
  expect(hexOf(every.subarray(0, 18))).toBe(
    '00 07 0e 15 1c 23 2a 31 38 3f 46 4d 54 5b 62 69\n70 77',
  );
  expect(
    base64Of(every)
      .split('\n')
      .map((line) => line.length),
  ).toContain(76);
});

test.each([
  ['', []],
  [' 4 8\n6F ', [0x48, 0x6f]],
  ['4865', [0x48, 0x65]],
  ['4', /1 digits/],
  ['4g', /"g" is no hexadecimal digit/],
  ['😀', /"😀" is no/],
])('hex %j', (text, expected) => check(bytesOfHex(text), expected));

test.each([
  ['', []],
  ['SGk=', [0x48, 0x69]],
  ['S G\nk=', [0x48, 0x69]],
  ['SGk', /groups of four/],
  ['SG=k', /groups of four/],
  ['SG_k', /"_" is not in base64/],
])('base64 %j', (text, expected) => check(bytesOfBase64(text), expected));

function check(decoded: ReturnType<typeof bytesOfHex>, expected: unknown): void {
  if (expected instanceof RegExp)
    expect(decoded).toEqual({ wrong: expect.stringMatching(expected) });
  else expect(decoded).toEqual({ bytes: Uint8Array.from(expected as number[]) });
}

test.each([
  ['a plain text', [0x61], 'a'],
  ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
  ['line ends of every kind', [0x61, 13, 10, 13, 10, 10], 'a\r\n\r\n\n'],
  ['an emoji', [0xf0, 0x9f, 0x98, 0x80], '😀'],
  ['nothing', [], ''],
])('%s is a text, and the same bytes again', (_name, bytes, text) => {
  expect(textOf(Uint8Array.from(bytes))).toBe(text);
  expect(bytesOfText(text)).toEqual({ bytes: Uint8Array.from(bytes) });
});

test.each([
  ['NUL', [0x61, 0]],
  ['a lone continuation byte', [0x80]],
  ['a cut sequence', [0xf0, 0x9f]],
  ['an overlong form', [0xc0, 0xaf]],
  ['an encoded surrogate', [0xed, 0xa0, 0x80]],
])('%s is no text', (_name, bytes) => {
  expect(textOf(Uint8Array.from(bytes))).toBeUndefined();
});

test('half a surrogate pair is refused instead of replaced', () => {
  expect(bytesOfText('ab\ud83d')).toEqual({ wrong: expect.stringMatching(/^character 3 is half/) });
});

test('equality and sizes', () => {
  expect(equalBytes(every, every.slice())).toBe(true);
  expect(equalBytes(every, every.subarray(1))).toBe(false);
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
  expect([0, 1, 1023, 1536, 524288].map(sizeText)).toEqual([
    '0 bytes',
    '1 byte',
    '1,023 bytes',
    '1.5 KB (1,536 bytes)',
    '512 KB (524,288 bytes)',
  ]);
});
