import { goJson } from './go-json.ts';

describe('goJson', () => {
  it('escapes what Go escapes', () => {
    expect(goJson({ a: '<&>\u2028\u2029"' })).toBe(
      '{"a":"\\u003c\\u0026\\u003e\\u2028\\u2029\\""}',
    );
  });

  it('writes 64-bit numbers as they are', () => {
    expect(goJson([2n ** 64n - 1n, 0n, 1])).toBe('[18446744073709551615,0,1]');
    expect(goJson({ Flags: 7n }, '\t')).toBe('{\n\t"Flags": 7\n}');
  });

  it('empty lists and objects stay on one line', () => {
    expect(goJson({ a: [], b: {} }, '    ')).toBe('{\n    "a": [],\n    "b": {}\n}');
  });

  it('a text that looks like the marker of a number stays a text', () => {
    const text = '\u0000bigint:0';
    expect(JSON.parse(goJson([text, 5n]))).toEqual([text, 5]);
    expect(goJson({ [text]: 5n })).toBe('{"\\u0000bigint:0":5}');
  });
});
