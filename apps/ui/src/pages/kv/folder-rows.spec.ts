import { filterRows, folderContent } from './folder-rows.ts';

const shown = (prefix: string, keys: readonly string[]) =>
  folderContent(prefix, keys).rows.map(({ key, name }) => `${key} ${name}`);

test('folders come first, and names are without the folders above', () => {
  expect(shown('', ['a', 'b/', 'c', 'd/'])).toEqual(['b/ b/', 'd/ d/', 'a a', 'c c']);
  expect(shown('b/', ['b/x', 'b/y/'])).toEqual(['b/y/ y/', 'b/x x']);
});

test('uncut keys are cut, and those of other folders left out', () => {
  const keys = ['a/b', 'a//b/c', 'a//b/d', 'a//e', 'a/c/d'];
  expect(shown('a//', keys)).toEqual(['a//b/ b/', 'a//e e']);
  expect(shown('/', ['/', '/a', '//b', 'c'])).toEqual(['// /', '/a a']);
});

test('a key and a folder may share a name', () => {
  expect(shown('', ['a', 'a/'])).toEqual(['a/ a/', 'a a']);
});

test('the key of the folder itself is told apart', () => {
  expect(folderContent('a/', ['a/'])).toEqual({ rows: [], hasOwnKey: true });
  expect(folderContent('a/', ['a/b']).hasOwnKey).toBe(false);
});

test('the filter looks at names alone, in either case', () => {
  const { rows } = folderContent('Web/', ['Web/Alpha', 'Web/beta', 'Web/größe', 'Web/x/']);
  const found = (text: string) => filterRows(rows, text).map(({ name }) => name);
  expect(found('ALPHA')).toEqual(['Alpha']);
  expect(found('web')).toEqual([]);
  expect(found('GRÖ')).toEqual(['größe']);
  expect(found(' / ')).toEqual(['x/']);
  expect(filterRows(rows, '  ')).toBe(rows);
});
