import { checkJson, placeOf } from './json-check.ts';

test.each(['{}', ' [1, -2.5e+3, "a\\u00e9\\n", true, null, {"a": []}] ', '"x"', '0'])(
  '%s is JSON',
  (text) => expect(checkJson(text)).toBeUndefined(),
);

test.each([
  ['', 1, 1, 'a value should come here, but the text ends'],
  ['{"a": 1,}', 1, 9, 'a name in double quotes should come here, but there is "}"'],
  ['{a: 1}', 1, 2, 'a name in double quotes or "}" should come here, but there is "a"'],
  ['[1,\n 2\n 3]', 3, 2, '"," or "]" should come here, but there is "3"'],
  ['[1,]', 1, 4, 'a value should come here, but there is "]"'],
  ['[}', 1, 2, 'a value or "]" should come here, but there is "}"'],
  ['{"a" 1}', 1, 6, '":" after the name should come here, but there is "1"'],
  ['{"a": 1]', 1, 8, '"," or "}" should come here, but there is "]"'],
  ['{"a": 01}', 1, 7, '"01" is no JSON value'],
  ['[1.]', 1, 2, '"1." is no JSON value'],
  ['truex', 1, 1, '"truex" is no JSON value'],
  ['{} {}', 1, 4, 'nothing more should come here, but there is "{"'],
  ['["a', 1, 2, 'the string is not closed'],
  ['["é\t"]', 1, 4, 'a string holds a tab, which has to be escaped'],
  ['["\\x"]', 1, 3, 'a string holds a backslash that escapes nothing'],
  ["{'a': 1}", 1, 2, 'a name in double quotes or "}" should come here, but there is "\'"'],
  ['\ufeff{}', 1, 1, 'a value should come here, but there is a byte order mark'],
  ['{"a":\r\n"b"\r\n"c"', 3, 1, '"," or "}" should come here, but there is "\\""'],
])('%j is wrong at %d:%d', (text, line, column, message) => {
  expect(checkJson(text)).toEqual({ line, column, message });
});

test('deep and long texts are read without recursion', () => {
  expect(checkJson('['.repeat(200_000))).toEqual({
    line: 1,
    column: 200_001,
    message: 'a value or "]" should come here, but the text ends',
  });
  expect(checkJson(`["${'\\n'.repeat(300_000)}`)?.message).toBe('the string is not closed');
});

test('a fault is found wherever JSON.parse finds one', () => {
  const pieces = ['{', '}', '[', ']', ':', ',', '"a"', '1', ' '];
  let texts = [''];
  for (let length = 0; length < 4; length++) {
    texts = texts.flatMap((text) => pieces.map((piece) => text + piece));
    for (const text of texts) {
      const problem = checkJson(text);
      if (problem) expect(problem.column).toBeLessThanOrEqual(text.length + 1);
    }
  }
});

test('columns count characters, not halves of them', () => {
  expect(placeOf('a\n😀x', 4)).toEqual({ line: 2, column: 2 });
});
