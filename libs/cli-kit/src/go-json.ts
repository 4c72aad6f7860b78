const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

const MARKER = '\u0000bigint:';
const MARKED = /"\\u0000bigint:(\d+)"(?!:)/g;

/**
 * JSON as Go's encoder writes it: the same indentation, and <, >, & and the two line separators escaped.
 * bigint values stand as plain digits. @param indentation of one level, '' for one line
 */
export function goJson(value: unknown, indentation = ''): string {
  // JSON.stringify refuses bigint: such values leave a mark, as do texts that look like one.
  const marked: string[] = [];
  const mark = (text: string) => `${MARKER}${marked.push(text) - 1}`;
  const text = JSON.stringify(
    value,
    (_key, inner: unknown) => {
      if (typeof inner === 'bigint') return mark(String(inner));
      if (typeof inner === 'string' && inner.startsWith(MARKER)) return mark(JSON.stringify(inner));
      return inner;
    },
    indentation,
  );
  const whole = marked.length === 0 ? text : text.replace(MARKED, (_m, at) => marked[Number(at)]!);
  return whole.replace(/[<>&\u2028\u2029]/g, (char) => ESCAPES[char]!);
}
