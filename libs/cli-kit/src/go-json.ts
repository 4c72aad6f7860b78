const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/**
 * JSON as Go's encoder writes it: the same indentation, and <, >, & and the two line separators escaped.
 * bigint values stand as plain digits. @param indentation of one level, '' for one line
 */
export function goJson(value: unknown, indentation = ''): string {
  const digits: string[] = [];
  const marker = '\u0000bigint:';
  let text = JSON.stringify(
    value,
    (_key, inner: unknown) => {
      if (typeof inner !== 'bigint') return inner;
      digits.push(String(inner));
      return `${marker}${digits.length - 1}`;
    },
    indentation,
  );
  if (digits.length > 0) {
    text = text.replace(/"\\u0000bigint:(\d+)"/g, (_match, at: string) => digits[Number(at)]!);
  }
  return text.replace(/[<>&\u2028\u2029]/g, (char) => ESCAPES[char]!);
}
