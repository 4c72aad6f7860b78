import { type Draft, draftOf, draftValue, inMode, MODES, suitingMode } from './draft.ts';
import { equalBytes } from './value-codec.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

const VALUES: readonly (readonly [string, Uint8Array])[] = [
  ['nothing', bytes('')],
  ['NUL', Uint8Array.of(0)],
  ['CR LF', bytes('a\r\nb\r\n')],
  ['a lone CR', bytes('a\rb\nc')],
  ['a byte order mark', bytes('\ufeff{}')],
  ['invalid UTF-8', Uint8Array.of(0x61, 0xff, 0xfe, 0x0a)],
  ['a cut emoji', Uint8Array.of(0xf0, 0x9f, 0x98)],
  ['an emoji', bytes('😀 é 键')],
  ['HTML', bytes('<script>alert("x")</script>&amp;')],
  ['U+FFFD itself', bytes('\ufffd')],
  ['every byte', Uint8Array.from({ length: 256 }, (_, at) => at)],
  ['512 KB', Uint8Array.from({ length: 512 * 1024 }, (_, at) => (at * 31) & 255)],
];

describe.each(VALUES)('%s', (_name, value) => {
  test.each(MODES)('is the same after it was shown as %s', (mode) => {
    expect(sameAs(draftOf(value, mode), value)).toBe(true);
  });

  test('is the same after a walk through all modes', () => {
    let draft = draftOf(value, 'hex');
    for (const [mode] of [...MODES, ...MODES]) {
      const next = inMode(draft, mode);
      if ('draft' in next) draft = next.draft;
      expect(sameAs(draft, value)).toBe(true);
    }
  });
});

/** Compared here: a difference of 512 KB is nothing that a test should print. */
function sameAs(draft: Draft, value: Uint8Array): boolean {
  const now = draftValue(draft);
  return 'bytes' in now && equalBytes(now.bytes, value);
}

test('binary values are shown in hex where a text was wanted', () => {
  expect(draftOf(Uint8Array.of(0, 255), 'json')).toMatchObject({ mode: 'hex', text: '00 ff' });
});

test('an edit of a text keeps its line ends and its mark', () => {
  const draft = draftOf(bytes('\ufeffa\r\nb'), 'text');
  expect(draft.text).toBe('\ufeffa\nb');
  const edited = draftValue({ ...draft, text: '\ufeffa\nb\nc' });
  expect(edited).toEqual({ bytes: bytes('\ufeffa\r\nb\r\nc') });
});

test('an edit survives a change of mode, and its faults prevent one', () => {
  const edited = { ...draftOf(bytes('a'), 'text'), text: 'ab' };
  const hex = inMode(edited, 'hex');
  expect(hex).toMatchObject({ draft: { mode: 'hex', text: '61 62' } });
  expect(inMode(edited, 'json')).toEqual({ draft: { ...edited, mode: 'json' } });
  const wrong = { ...draftOf(bytes('a'), 'hex'), text: '6' };
  expect(inMode(wrong, 'text')).toEqual({ wrong: expect.stringMatching(/digits/) });
  const binary = { ...draftOf(bytes('a'), 'hex'), text: '00' };
  expect(inMode(binary, 'text')).toEqual({ wrong: expect.stringMatching(/is binary/) });
  expect(inMode(binary, 'base64')).toMatchObject({ draft: { text: 'AA==' } });
});

test.each([
  ['a', '{"a": 1}', 'json'],
  ['a', '[1', 'text'],
  ['a', 'a: 1', 'text'],
  ['a', '12', 'text'],
  ['a', '', 'text'],
  ['a.yml', 'a: 1', 'yaml'],
  ['a.YAML', '{}', 'yaml'],
  ['a.json', '{', 'json'],
  ['a.json', '\0', 'hex'],
])('%s with %j is shown as %s', (key, value, mode) => {
  expect(suitingMode(key, bytes(value))).toBe(mode);
});
