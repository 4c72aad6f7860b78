import { fitsPath, fittingFolder, keyPath } from './key-path.ts';

test.each([
  ['a/b', '/v1/kv/a/b'],
  ['', '/v1/kv/'],
  ['a/', '/v1/kv/a/'],
  ['100% ?#&+', '/v1/kv/100%25%20%3F%23%26%2B'],
  ['目录/键', '/v1/kv/%E7%9B%AE%E5%BD%95/%E9%94%AE'],
  ['a.b/.c/...', '/v1/kv/a.b/.c/...'],
])('%j has the path %s', (key, path) => {
  expect(fitsPath(key)).toBe(true);
  expect(keyPath(key)).toBe(path);
  const url = new URL(path, 'http://127.0.0.1');
  expect(decodeURIComponent(url.pathname)).toBe(`/v1/kv/${key}`);
});

test.each(['/a', '/', 'a//b', '.', '..', './a', 'a/..', 'a/./b', 'a\tb', 'a\nb', '\0', 'a\u00a0b'])(
  '%j fits no path',
  (key) => expect(fitsPath(key)).toBe(false),
);

test.each([
  ['', ''],
  ['a/b/', 'a/b/'],
  ['a/b', 'a/'],
  ['a', ''],
  ['/', ''],
  ['//', ''],
  ['/a/', ''],
  ['a//', 'a/'],
  ['a//b/', 'a/'],
  ['../', ''],
  ['a/b/../c/', 'a/b/'],
  ['a/\t/b/', 'a/'],
])('%j stands in %j', (prefix, folder) => expect(fittingFolder(prefix)).toBe(folder));
