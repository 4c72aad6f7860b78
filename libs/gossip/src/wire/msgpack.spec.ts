import { MeshError } from '@mesh/base';
import * as fc from 'fast-check';
import { MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';
import { readStruct, structFields } from './struct.ts';

const hexOf = (writer: MsgpackWriter) => Buffer.from(writer.finish()).toString('hex');
const read = (...bytes: number[]) => new MsgpackReader(Uint8Array.from(bytes));
const fails = (run: () => unknown) => expect(run).toThrow(MeshError);

describe('writes the old dialect', () => {
  it.each([
    [0, '00'],
    [127, '7f'],
    [128, 'cc80'],
    [255, 'ccff'],
    [256, 'cd0100'],
    [65_535, 'cdffff'],
    [65_536, 'ce00010000'],
    [0xffff_ffff, 'ceffffffff'],
    [0x1_0000_0000, 'cf0000000100000000'],
    [Number.MAX_SAFE_INTEGER, 'cf001fffffffffffff'],
    [-1, 'ff'],
    [-32, 'e0'],
    [-33, 'd0df'],
    [-128, 'd080'],
    [-129, 'd1ff7f'],
    [-32_768, 'd18000'],
    [-32_769, 'd2ffff7fff'],
    [-0x8000_0000, 'd280000000'],
    [-0x8000_0001, 'd3ffffffff7fffffff'],
    [Number.MIN_SAFE_INTEGER, 'd3ffe0000000000001'],
  ])('the integer %s', (value, hex) => {
    expect(hexOf(new MsgpackWriter(1).int(value))).toBe(hex);
    expect(new MsgpackReader(Uint8Array.from(Buffer.from(hex, 'hex'))).int()).toBe(value);
  });

  it.each([
    [0, 'a0'],
    [31, 'bf'],
    [32, 'da0020'],
    [255, 'da00ff'],
    [65_535, 'daffff'],
    [65_536, 'db00010000'],
  ])('%s bytes, and as many of text', (size, head) => {
    const bytes = new Uint8Array(size).fill(0x61);
    const expected = head + '61'.repeat(size);
    expect(hexOf(new MsgpackWriter(1).raw(bytes))).toBe(expected);
    expect(hexOf(new MsgpackWriter(1).text('a'.repeat(size)))).toBe(expected);
  });

  it('nil, truth values, floats, containers', () => {
    expect(hexOf(new MsgpackWriter().raw(undefined).bool(true).bool(false))).toBe('c0c3c2');
    expect(hexOf(new MsgpackWriter().float(1))).toBe('cb3ff0000000000000');
    expect(hexOf(new MsgpackWriter().map(15).map(16).array(15).array(16))).toBe('8fde00109fdc0010');
  });
});

describe('reads what peers of any age write', () => {
  it('texts and bytes in raw, str and bin forms', () => {
    const forms = [
      [0xa2, 0x68, 0x69],
      [0xd9, 2, 0x68, 0x69],
      [0xda, 0, 2, 0x68, 0x69],
      [0xdb, 0, 0, 0, 2, 0x68, 0x69],
      [0xc4, 2, 0x68, 0x69],
      [0xc5, 0, 2, 0x68, 0x69],
      [0xc6, 0, 0, 0, 2, 0x68, 0x69],
    ];
    for (const form of forms) {
      expect(read(...form).text()).toBe('hi');
      expect([...read(...form).raw()!]).toEqual([0x68, 0x69]);
    }
  });

  it('nil for anything', () => {
    expect(read(0xc0).text()).toBe('');
    expect(read(0xc0).raw()).toBeUndefined();
    expect(read(0xc0).int()).toBe(0);
    expect(read(0xc0).float()).toBe(0);
    expect(read(0xc0).bool()).toBe(false);
    expect(read(0xc0).map()).toBe(0);
    expect(read(0xc0).array()).toBeUndefined();
  });

  it('truth values as numbers, floats as integers and of 32 bits', () => {
    expect(read(1).bool()).toBe(true);
    expect(read(0).bool()).toBe(false);
    expect(read(0xca, 0x3f, 0x80, 0, 0).float()).toBe(1);
    expect(read(7).float()).toBe(7);
  });

  it('texts of any characters as they were', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const again = new MsgpackReader(new MsgpackWriter(1).text(text).finish()).text();
        expect(again).toBe(text);
      }),
    );
    const mark = '\ufeffmarked';
    expect(new MsgpackReader(new MsgpackWriter().text(mark).finish()).text()).toBe(mark);
  });

  it('structs as maps in any order, and as arrays', () => {
    const fields = structFields<{ a: number; b: string }>({
      A: (reader, target) => {
        target.a = reader.int();
      },
      B: (reader, target) => {
        target.b = reader.text();
      },
    });
    const struct = (...bytes: number[]) => readStruct(read(...bytes), fields, { a: 9, b: 'none' });
    expect(struct(0x82, 0xa1, 0x42, 0xa1, 0x78, 0xa1, 0x41, 5)).toEqual({ a: 5, b: 'x' });
    expect(struct(0x82, 0xa1, 0x43, 0x91, 0x80, 0xa1, 0x41, 5)).toEqual({ a: 5, b: 'none' });
    expect(struct(0x93, 5, 0xa1, 0x78, 0x92, 1, 2)).toEqual({ a: 5, b: 'x' });
    expect(struct(0x91, 5)).toEqual({ a: 5, b: 'none' });
    expect(struct(0xc0)).toEqual({ a: 9, b: 'none' });
  });

  it('copies out of buffers that share memory', () => {
    const shared = Buffer.from([0xa1, 0x41]);
    const copy = new MsgpackReader(shared).rawCopy()!;
    shared[1] = 0;
    expect([...copy]).toEqual([0x41]);
    expect(copy.constructor).toBe(Uint8Array);
  });
});

describe('refuses', () => {
  it('what ends too early', () => {
    for (const tag of [0xa1, 0xd9, 0xda, 0xdb, 0xc4, 0xcc, 0xcd, 0xce, 0xcf, 0xca, 0xcb]) {
      fails(() => read(tag).skip());
    }
    fails(() => read().int());
    fails(() => read(0xda, 0, 2, 0x61).text());
  });

  it('lengths beyond the message, before anything is made of them', () => {
    fails(() => read(0xdf, 0xff, 0xff, 0xff, 0xff, 0).map());
    fails(() => read(0xdd, 0xff, 0xff, 0xff, 0xff, 0).array());
    fails(() => read(0xdb, 0xff, 0xff, 0xff, 0xff, 0).raw());
  });

  it('numbers beyond 2^53 and beyond their field', () => {
    fails(() => read(0xcf, 0x00, 0x20, 0, 0, 0, 0, 0, 0).int());
    fails(() => read(0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0).int());
    fails(() => read(0xcd, 1, 0).uint(255));
    fails(() => read(0xff).uint(255));
    expect(read(0xcc, 255).uint(255)).toBe(255);
  });

  it('other kinds than were asked for', () => {
    fails(() => read(0xa1, 0x61).int());
    fails(() => read(0xcb, 0, 0, 0, 0, 0, 0, 0, 0).int());
    fails(() => read(1).text());
    fails(() => read(2).bool());
    fails(() => read(0x91, 1).map());
    fails(() => read(0x80).array());
    fails(() => read(0xc1).skip());
    fails(() => read(0xa1, 0xff).text());
  });

  it('more elements than are agreed', () => {
    expect(read(0x92, 1, 1).count(2)).toBe(2);
    fails(() => read(0x93, 1, 1, 1).count(2));
    fails(() => read(0x82, 1, 1, 1, 1).map(1));
  });

  it('containers nested by the thousand', () => {
    const nested = (depth: number) => new Uint8Array(depth).fill(0x91);
    fails(() => new MsgpackReader(nested(50_000)).skip());
    expect(() => read(...nested(16), 1).skip()).not.toThrow();
  });
});
