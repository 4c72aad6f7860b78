import { checkYaml } from './yaml-check.ts';

test.each([
  '',
  'a: 1\nb:\n  - x\n  - {y: z}\n',
  '---\na: 1\n---\nb: 2\n',
  'just a text',
  '{"a": [1, 2]}',
])('%j is YAML', (text) => expect(checkYaml(text)).toBeUndefined());

test.each([
  ['a: 1\n b: 2\n', 1],
  ['a: [1, 2\n', 2],
  ['a: 1\na: 2\n', 2],
  ['ok: 1\n---\n- a\nb: c\n', 4],
  ['a: *nowhere', 1],
])('%j is wrong in line %d', (text, line) => {
  expect(checkYaml(text)).toMatchObject({ line, message: expect.stringMatching(/\w/) });
});

test('aliases of aliases are not followed', () => {
  const levels = Array.from(
    { length: 40 },
    (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`,
  );
  expect(checkYaml(['a0: &a0 x', ...levels].join('\n'))).toBeUndefined();
});
