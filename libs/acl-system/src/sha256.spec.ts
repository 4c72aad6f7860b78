import { createHash } from 'node:crypto';
import { sha256 } from './sha256.ts';

const expected = (text: string) => createHash('sha256').update(text).digest('base64');

test.each(['', 'abc', 'ä日本😀', '22222222-2222-2222-2222-222222222222'])('%j', (text) => {
  expect(sha256(text)).toBe(expected(text));
});

test('every length around the ends of blocks', () => {
  for (let length = 0; length < 200; length++) {
    const text = 'x'.repeat(length);
    expect(sha256(text)).toBe(expected(text));
  }
});
