import fc from 'fast-check';
import { encodeJson, encodeString } from './json-encode.ts';
import { encodeLargeList } from './large-json.ts';

describe('encodeJson', () => {
  test('escapes as Go does', () => {
    expect(encodeJson({ Key: 'a<b>&c' })).toBe('{"Key":"a\\u003cb\\u003e\\u0026c"}');
    expect(encodeJson('\u2028\u2029')).toBe('"\\u2028\\u2029"');
    expect(encodeJson('\b\f\n\r\t\u0001')).toBe('"\\u0008\\u000c\\n\\r\\t\\u0001"');
    expect(encodeJson('a\\b\\\\f "q" \u007f')).toBe('"a\\\\b\\\\\\\\f \\"q\\" \u007f"');
    expect(encodeJson('x\ud800y\udfff')).toBe('"x\\ufffdy\\ufffd"');
    expect(encodeJson('😀é')).toBe('"😀é"');
    expect(encodeJson('\\ud800')).toBe('"\\\\ud800"');
  });

  test('writes bytes, big numbers and floats', () => {
    expect(encodeJson([{ Value: new TextEncoder().encode('<&>') }])).toBe('[{"Value":"PCY+"}]');
    expect(encodeJson({ Value: new Uint8Array(0) })).toBe('{"Value":""}');
    expect(encodeJson({ Flags: 18446744073709551615n })).toBe('{"Flags":18446744073709551615}');
    expect(encodeJson([1e-7, 0.00001, 1e21, -0, 1.5, Number.NaN])).toBe(
      '[1e-7,0.00001,1e+21,0,1.5,null]',
    );
    expect(encodeJson([1n, -0, Number.POSITIVE_INFINITY])).toBe('[1,0,null]');
  });

  test('leaves undefined out and keeps empties', () => {
    expect(encodeJson({ a: undefined, b: null, c: [], d: {} })).toBe('{"b":null,"c":[],"d":{}}');
    expect(encodeJson({ a: undefined, n: 1n, c: [], d: {} })).toBe('{"n":1,"c":[],"d":{}}');
    expect(encodeJson(undefined)).toBe('null');
  });

  test('pretty answers are indented by four and end with a newline', () => {
    expect(encodeJson([{ a: [], b: {} }], true)).toBe(
      '[\n    {\n        "a": [],\n        "b": {}\n    }\n]\n',
    );
    expect(encodeJson([{ a: [], b: 1n }], true)).toBe(
      '[\n    {\n        "a": [],\n        "b": 1\n    }\n]\n',
    );
    expect(encodeJson('x', true)).toBe('"x"\n');
  });

  test('refuses what nests without end', () => {
    let deep: unknown = 1n;
    for (let level = 0; level < 1000; level++) deep = [deep];
    expect(() => encodeJson(deep)).toThrow('nests too deeply');
  });

  const texts = fc.string({ unit: 'binary', maxLength: 20 });
  const values = fc.jsonValue({ maxDepth: 4 });

  test('any text survives, and holds no character that HTML would take for its own', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const encoded = encodeString(text);
        expect(encoded).not.toMatch(/[<>&\u2028\u2029]/);
        // Lone surrogates become U+FFFD, as in UTF-8.
        expect(JSON.parse(encoded)).toBe(Buffer.from(text).toString());
        expect(encodeJson(text)).toBe(encoded);
      }),
    );
  });

  test('both encoders agree, and what they write parses to the value', () => {
    fc.assert(
      fc.property(values, fc.boolean(), (value, pretty) => {
        const plain = encodeJson([value, 0], pretty);
        // A bigint makes the other encoder write the same value.
        expect(encodeJson([value, 0n], pretty)).toBe(plain);
        const parsed = JSON.parse(plain);
        expect(encodeJson(parsed, pretty)).toBe(plain);
      }),
    );
  });
});

describe('encodeLargeList', () => {
  test.each([true, false])('gives the bytes of encodeJson (pretty: %s)', async (pretty) => {
    const list = Array.from({ length: 5000 }, (_, at) => ({
      Key: `k<${at}`,
      Value: at % 3 === 0 ? null : new Uint8Array([at & 255, 1, 2]),
      Tags: at % 2 === 0 ? [] : ['a', 'b'],
    }));
    let now = 0;
    const encoded = await encodeLargeList(list, pretty, () => now++);
    expect(encoded.toString()).toBe(encodeJson(list, pretty));
  });

  test('lets the event loop go on', async () => {
    let turns = 0;
    const count = setInterval(() => turns++, 0);
    let now = 0;
    await encodeLargeList(
      Array.from({ length: 20_000 }, (_, at) => ({ at, text: 'x'.repeat(100) })),
      false,
      () => (now += 3),
    );
    clearInterval(count);
    expect(turns).toBeGreaterThan(1);
  });
});
