import {
  absoluteName,
  encodeLabels,
  isEncodableName,
  isWithin,
  labelText,
  readName,
  splitName,
} from './name.ts';

/** A message: twelve header bytes, then these. */
function message(...bytes: number[]): Uint8Array {
  return Uint8Array.from([...Array(12).fill(0), ...bytes]);
}

test('reads labels and follows a pointer backward', () => {
  const bytes = message(1, 0x61, 0, 1, 0x62, 0xc0, 12, 9);
  expect(readName(bytes, 12)).toEqual({ name: 'a.', end: 15 });
  expect(readName(bytes, 15)).toEqual({ name: 'b.a.', end: 19 });
});

test.each([
  ['itself', message(0xc0, 12), 12],
  ['forward', message(0xc0, 15, 0, 0), 12],
  ['into the header', message(1, 0x61, 0, 0xc0, 2), 15],
  ['around in a loop', message(1, 0x61, 0xc0, 16, 1, 0x62, 0xc0, 12), 16],
  ['at a label of its own part', message(1, 0x61, 1, 0x62, 0xc0, 14), 12],
])('refuses a pointer that leads %s', (_what, bytes, start) => {
  expect(readName(bytes, start)).toBeUndefined();
});

test('a chain of pointers ends, however long', () => {
  const bytes = [0];
  for (let at = 13; at < 4000; at += 2)
    bytes.push(0xc0 | ((at - 1) >> 8), (at === 13 ? 12 : at - 2) & 255);
  expect(() => readName(message(...bytes), 12 + bytes.length - 2)).not.toThrow();
});

test.each([
  ['cut off in a label', message(5, 0x61)],
  ['without an end', message(1, 0x61)],
  ['with a reserved label type', message(0x40, 0x61, 0)],
  ['with half a pointer', message(0xc0)],
  ['longer than 255 bytes', message(...Array(130).fill([1, 0x61]).flat(), 0)],
])('refuses a name %s', (_what, bytes) => {
  expect(readName(bytes, 12)).toBeUndefined();
});

test('a name of 255 bytes is read and written, one of 256 is not', () => {
  const wire = [...Array(127).fill([1, 0x61]).flat(), 0];
  expect(wire.length).toBe(255);
  const { name } = readName(message(...wire), 12)!;
  expect(encodeLabels(name)!.length).toBe(127);
  expect(isEncodableName(`b${name}`)).toBe(false);
});

test('bytes that are no visible ASCII come through escaped', () => {
  const wire = [4, 0x2e, 0x5c, 0x20, 0xc3, 0];
  const { name } = readName(message(...wire), 12)!;
  expect(name).toBe('\\.\\\\\\032\\195.');
  expect([...encodeLabels(name)![0]!]).toEqual([0x2e, 0x5c, 0x20, 0xc3]);
  expect(splitName(name)).toEqual(['\\.\\\\\\032\\195']);
});

test('labels are looked up as the UTF-8 that they are', () => {
  expect(labelText('b\\195\\188ro')).toBe('büro');
  expect([...encodeLabels('büro.')![0]!]).toEqual([0x62, 0xc3, 0xbc, 0x72, 0x6f]);
});

test.each(['a..b.', `${'a'.repeat(64)}.`, '..'])('%s cannot be written', (name) => {
  expect(isEncodableName(name)).toBe(false);
});

test('names within a zone', () => {
  expect(isWithin('consul.', 'consul.')).toBe(true);
  expect(isWithin('a.consul.', 'consul.')).toBe(true);
  expect(isWithin('aconsul.', 'consul.')).toBe(false);
  expect(isWithin('a\\.consul.', 'consul.')).toBe(false);
});

test('absolute names', () => {
  expect(absoluteName('a.b')).toBe('a.b.');
  expect(absoluteName('a.b.')).toBe('a.b.');
  expect(absoluteName('a\\.')).toBe('a\\..');
});
