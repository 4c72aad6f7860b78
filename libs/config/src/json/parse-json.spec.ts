import { MeshError } from '@mesh/base';
import fc from 'fast-check';
import { locateJsonError } from './locate-error.ts';
import { parseJson } from './parse-json.ts';

test.each([
  ['', 'failed to parse f.json: unexpected end of JSON input'],
  ['{"service":{"name":', 'failed to parse f.json: unexpected end of JSON input'],
  ['{"a":"x', 'failed to parse f.json: unexpected end of JSON input'],
  ['{"a":1,}', 'failed to parse f.json:1:8: expected a key in double quotes, found "}"'],
  ['{\n "a": nope }', 'failed to parse f.json:2:7: expected a value, found "n"'],
  ['{"a" 1}', 'failed to parse f.json:1:6: expected ":" after a key, found "1"'],
  ['{"a":1 "b":2}', 'failed to parse f.json:1:8: expected "," or "}", found "\\""'],
  ['[1 2]', 'failed to parse f.json:1:4: expected "," or "]", found "2"'],
  ['{} x', 'failed to parse f.json:1:4: expected nothing after the value, found "x"'],
  ['{"a":"\\q"}', 'failed to parse f.json:1:6: text with a bad escape or a control character'],
  ["{'a':1}", 'failed to parse f.json:1:2: expected a key in double quotes, found "\'"'],
  ['[01]', 'failed to parse f.json:1:3: expected "," or "]", found "1"'],
  [`${'['.repeat(70)}${']'.repeat(70)}`, 'failed to parse f.json: nested deeper than 64 levels'],
])('%j', (text, message) => {
  expect(() => parseJson(text, 'f.json')).toThrow(new MeshError('invalid-argument', message));
});

test('a byte order mark is skipped', () => {
  expect(parseJson('\uFEFF{"a":1}', 'f')).toEqual({ a: 1 });
});

test('fuzz: the platform and the locator agree on what is JSON', () => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '1',
    '-',
    '0',
    '.',
    'e',
    'true',
    'null',
    ' ',
    '\n',
    '\\',
    '\\u00',
    '\t',
  ];
  const text = fc.oneof(
    fc.array(fc.constantFrom(...pieces), { maxLength: 20 }).map((list) => list.join('')),
    fc.json({ maxDepth: 4 }),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (input) => {
      let valid = true;
      try {
        JSON.parse(input);
      } catch {
        valid = false;
      }
      expect(locateJsonError(input) === undefined).toBe(valid);
    }),
    { numRuns: 3000 },
  );
});
