import { applyEdit, editorText, lineEndNote } from './line-ends.ts';

test.each([
  ['a\nb', 'a\nb\nc', 'a\nb\nc'],
  ['a\r\nb\r\n', 'a\nb\n', 'a\r\nb\r\n'],
  ['a\r\nb\r\n', 'a\nb\nc\n', 'a\r\nb\r\nc\r\n'],
  ['a\rb', 'a\nx\nb', 'a\rx\rb'],
  ['a\r\nb\nc\rd', 'a\nb\nc\nD', 'a\r\nb\nc\rD'],
  ['a\r\nb\nc\rd', 'A\nb\nc\nd', 'A\r\nb\nc\rd'],
  ['a\r\nb\nc\rd\n\n', 'a\nb\nX\nc\nd\n\n', 'a\r\nb\nX\nc\rd\n\n'],
  ['a\r\nb', '', ''],
  ['a\r\nb', 'x\ny\nz', 'x\r\ny\r\nz'],
  ['\r\r\n\n', '\n\n\n', '\r\r\n\n'],
  ['\ufeffa\r\n', '\ufeffa\nb', '\ufeffa\r\nb'],
])('%j edited to %j is %j', (raw, edited, expected) => {
  expect(applyEdit(raw, edited)).toBe(expected);
});

test('two line ends do not become one where the text between them goes', () => {
  const saved = applyEdit('a\rx\nb\r\nc', 'a\n\nb\nc');
  expect(editorText(saved)).toBe('a\n\nb\nc');
});

test('whatever is edited, the editor shows it again', () => {
  const pieces = ['', 'x', '\n', '\r', '\r\n', '\n\r', 'x\r\ny'];
  const texts = pieces.flatMap((a) => pieces.map((b) => `${a}${b}`));
  for (const raw of texts) {
    expect(applyEdit(raw, editorText(raw))).toBe(raw);
    for (const other of texts) {
      const edited = editorText(other);
      expect(editorText(applyEdit(raw, edited))).toBe(edited);
    }
  }
});

test('what lines end with is told where it is unusual', () => {
  expect(lineEndNote('a\nb')).toBe('');
  expect(lineEndNote('a\r\nb\r\n')).toBe('Lines end with CR LF, and will');
  expect(lineEndNote('a\rb\n')).toMatch(/^Lines end with CR and LF; /);
});
