import { copyPath, copySource } from './copy-source.ts';

test('the address names what is copied', () => {
  const path = copyPath('dc1', 'auth-methods', 'a&b');
  expect(path).toBe('dc1/acls/auth-methods/create?copy=a%26b');
  expect(copySource(path.slice(path.indexOf('?')))).toBe('a&b');
});

test('nothing is copied unless asked for', () => {
  expect(copySource('')).toBeUndefined();
  expect(copySource('?copy=')).toBeUndefined();
});
