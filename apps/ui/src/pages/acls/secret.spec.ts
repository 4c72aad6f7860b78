import { isSecret, knownSecret, signInProblem } from './secret.ts';

test.each([
  ['c2b049a6-6bdb-c520-ebf3-5bf68bef88d7', true],
  ['anonymous', true],
  ['', false],
  ['a b', false],
  ['日本', false],
  ['a\nb', false],
])('%j', (text, expected) => {
  expect(isSecret(text)).toBe(expected);
});

test('nothing at all is missed, not refused', () => {
  expect(signInProblem('')).toBe('Enter the secret ID of a token.');
  expect(signInProblem('a b')).toMatch(/^No secret ID looks like this/);
});

test.each([
  [undefined, undefined],
  ['', undefined],
  ['<hidden>', undefined],
  ['s', 's'],
])('the secret %s', (given, expected) => {
  expect(knownSecret(given)).toBe(expected);
});
