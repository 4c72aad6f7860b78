import {
  createAddress,
  encodeKey,
  folderAddress,
  foldersAbove,
  keyAddress,
  kvPlaceOf,
  nameOf,
  parentOf,
} from './kv-address.ts';

test.each([
  ['', { kind: 'folder', prefix: '' }],
  ['a/', { kind: 'folder', prefix: 'a/' }],
  ['a', { kind: 'folder', prefix: 'a/' }],
  ['a%2Fb/', { kind: 'folder', prefix: 'a/b/' }],
  ['edit', { kind: 'folder', prefix: 'edit/' }],
  ['edit/edit', { kind: 'key', key: 'edit' }],
  ['create', { kind: 'create', prefix: '' }],
  ['create/', { kind: 'folder', prefix: 'create/' }],
  ['create/edit', { kind: 'key', key: 'create' }],
  ['a/create', { kind: 'create', prefix: 'a/' }],
  ['a/b/edit', { kind: 'key', key: 'a/b' }],
  ['50%25/edit', { kind: 'key', key: '50%' }],
  ['%zz', undefined],
])('the address %j', (rest, place) => {
  expect(kvPlaceOf(rest)).toEqual(place);
});

const NAMES = [
  'redis/user',
  'a b',
  '100%',
  '%2F',
  'what?',
  'a#b',
  'a&b=c+d',
  '目录/键',
  '😀',
  '<b>"x"</b>',
  "it's",
  'a//b',
  '/a',
  'a/',
  'a//',
  '.',
  '..',
  'a/../b',
  './a',
  'a/.',
  'edit',
  'create',
  'a/edit',
  'a/create',
  'a\\b',
  'tab\there',
];

test.each(NAMES)('the key %j survives what a browser does to an address', (key) => {
  expect(kvPlaceOf(browsed(keyAddress('dc1', key)))).toEqual({ kind: 'key', key });
  const prefix = `${key}/`;
  expect(kvPlaceOf(browsed(folderAddress('dc1', prefix)))).toEqual({ kind: 'folder', prefix });
  expect(kvPlaceOf(browsed(createAddress('dc1', prefix)))).toEqual({ kind: 'create', prefix });
});

/** What stands behind `/ui/dc1/kv/` when the browser has taken the address in. */
function browsed(address: string): string {
  const { pathname, search, hash } = new URL(`/ui/${address}`, 'http://127.0.0.1');
  expect([search, hash]).toEqual(['', '']);
  expect(pathname).toMatch(/^\/ui\/dc1\/kv\//);
  expect(pathname).not.toContain('//');
  return pathname.slice('/ui/dc1/kv/'.length);
}

test('plain keys are written with plain slashes', () => {
  expect(keyAddress('dc1', 'a/b c/d')).toBe('dc1/kv/a/b%20c/d/edit');
  expect(folderAddress('dc 1', '')).toBe('dc%201/kv');
  expect(encodeKey('a//b/c')).toBe('a%2F%2Fb/c');
});

test.each([
  ['a', '', 'a', []],
  ['a/', '', 'a/', []],
  ['a/b', 'a/', 'b', ['a/']],
  ['a/b/', 'a/', 'b/', ['a/']],
  ['a//b', 'a//', 'b', ['a/', 'a//']],
  ['/a', '/', 'a', ['/']],
])('%j stands in %j as %j', (key, parent, name, above) => {
  expect(parentOf(key)).toBe(parent);
  expect(nameOf(key)).toBe(name);
  expect(foldersAbove(key)).toEqual(above);
});
