import { MeshError } from '@mesh/base';
import { createStateStore, defineTable, type StateStore } from '@mesh/state';
import fc from 'fast-check';
import { pieces } from '../testing/replica.ts';
import { encodeState } from './state-codec.ts';
import { loadState } from './state-loader.ts';

interface Row {
  readonly id: string;
  readonly value?: unknown;
}

const rows = defineTable<Row>({
  name: 'rows',
  id: (row) => row.id,
  indexes: { length: (row) => String(row.id.length) },
});
const newStore = () => createStateStore([rows]);
const turn = () => Promise.resolve();

function storeOf(values: readonly unknown[]): StateStore {
  const store = newStore();
  values.forEach((value, at) => {
    const txn = store.write(at + 1);
    txn.put(rows, { id: `row/${at}`, value });
    txn.commit();
  });
  return store;
}

const chunksOf = (store: StateStore, indexShift = 0) => [
  ...encodeState({ indexShift }, store.dump(store.view())),
];
const bytesOf = (store: StateStore) => Buffer.concat(chunksOf(store));

async function load(bytes: Uint8Array, size?: number): Promise<StateStore> {
  const store = newStore();
  const restore = store.restore();
  await loadState(restore, pieces(bytes, size), turn);
  restore.finish();
  return store;
}

const valuesOf = (store: StateStore) => [...store.view().prefix(rows, '')].map((row) => row.value);

const ODD: readonly unknown[] = [
  ...[null, true, false, 0, -1, 127, 128, 255, 256, 65_535, 65_536, 1.5, -1e308, 5e-324],
  ...[2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1, -(2 ** 31) - 1, -(2 ** 53) + 1],
  ...[2n ** 63n, 2n ** 64n - 1n, Number.NaN, Number.POSITIVE_INFINITY],
  ...['', 'é', '\u{1f600}', '\0', 'x'.repeat(70_000), '\ud800'.replace('\ud800', '')],
  ...[[], {}, [[], [{}]], { a: undefined }, { a: null, b: [1, undefined, 2] }],
  ...[{ toString: 1, constructor: 2, '': 3, 'a b': 4 }, new Array(20).fill(0)],
  Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`field${at}`, at])),
];

it('keeps whatever rows are made of, and gives the same bytes again', async () => {
  const store = storeOf(ODD);
  const bytes = bytesOf(store);
  for (const size of [1, 13, 65_536]) {
    const copy = await load(bytes, size);
    expect(valuesOf(copy)).toStrictEqual(valuesOf(store));
    expect(bytesOf(copy).equals(bytes)).toBe(true);
  }
});

it('gives bytes back as they come out of the log, whatever they were', async () => {
  const store = storeOf([new Uint8Array([1, 2]), Buffer.from('ab'), new Uint8Array(0)]);
  const copy = await load(bytesOf(store));
  const values = valuesOf(copy) as Uint8Array[];
  expect(values.map((value) => [...value])).toEqual([[1, 2], [97, 98], []]);
  for (const value of values) expect(value).toBeInstanceOf(Uint8Array);
  expect(bytesOf(copy).equals(bytesOf(store))).toBe(true);
});

it('does not depend on the memory of the chunks that it was given', async () => {
  const bytes = bytesOf(storeOf([Buffer.from('abc')]));
  const reused = (async function* () {
    const memory = Buffer.alloc(7);
    for (let at = 0; at < bytes.length; at += memory.length) {
      yield memory.subarray(0, bytes.copy(memory, 0, at));
    }
  })();
  const store = newStore();
  const restore = store.restore();
  await loadState(restore, reused, turn);
  restore.finish();
  expect(bytesOf(store).equals(bytes)).toBe(true);
});

it('any plain data comes back', async () => {
  const value = fc.anything({
    values: [
      fc.string({ unit: 'grapheme' }),
      fc.double().map((number) => number + 0),
      fc.integer(),
      fc.boolean(),
    ],
    key: fc.string().filter((key) => key !== '__proto__'),
    withNullPrototype: false,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 20 }), async (values) => {
      const store = storeOf(values);
      const copy = await load(bytesOf(store));
      expect(valuesOf(copy)).toStrictEqual(valuesOf(store));
      expect(bytesOf(copy).equals(bytesOf(store))).toBe(true);
    }),
  );
});

it('is given out in chunks of a bounded size, a larger row in one of its own', () => {
  const store = storeOf(Array.from({ length: 5000 }, () => Buffer.alloc(100)));
  const sizes = chunksOf(store).map((chunk) => chunk.length);
  expect(sizes.length).toBeGreaterThan(5);
  expect(Math.max(...sizes)).toBeLessThan(70_000);
  const large = storeOf([Buffer.alloc(500_000), Buffer.alloc(500_000)]);
  expect(chunksOf(large).map((chunk) => chunk.length < 510_000)).toEqual([true, true, true]);
});

it('keeps what stands in front of the records', async () => {
  const bytes = Buffer.concat(chunksOf(newStore(), 2 ** 40));
  const facts = await loadState(newStore().restore(), pieces(bytes), turn);
  expect(facts).toEqual({ indexShift: 2 ** 40 });
});

describe('what is refused', () => {
  const good = bytesOf(storeOf([1, 2, 3]));
  const refused = (bytes: Uint8Array, message: string) =>
    expect(load(bytes)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining(message),
    });

  it('any end that is missing', async () => {
    for (let cut = 0; cut < good.length; cut++) await refused(good.subarray(0, cut), 'ends ');
  });

  it('another format or version', async () => {
    await refused(Buffer.from('something else entirely'), 'is not of this program');
    const text = good.toString('latin1').replace('v0001', 'v0002');
    await refused(Buffer.from(text, 'latin1'), 'state format 0002; this version reads 0001');
  });

  it('a frame of an impossible size, without waiting for it', async () => {
    const preamble = good.subarray(0, 16);
    for (const length of ['00000000', 'ffffffff', '01000001']) {
      await refused(Buffer.concat([preamble, Buffer.from(length, 'hex')]), 'a frame of ');
    }
  });

  const framed = (body: string) => {
    const bytes = Buffer.from(body, 'hex');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([good.subarray(0, 16), length, bytes]);
  };
  const facts = '81aa696e646578536869667400';

  it.each([
    ['no facts', '01', 'indexShift undefined'],
    ['a negative shift', '81aa696e6465785368696674ff', 'indexShift -1'],
    ['half a value', `${facts}92`, 'malformed data'],
    ['no record', `${facts}01`, 'a record is no list'],
    ['an unknown record', `${facts}9109`, 'unknown kind of record 9'],
    ['no header', `${facts}920401`, 'does not begin with a header'],
    ['a date', `${facts}93030000d6ff00000000`, 'a bad record|no plain data|ends'],
    ['a date as a row', `${facts}93030000930200d6ff00000000`, 'no plain data'],
    ['deep nesting', `${facts}${'91'.repeat(5000)}00`, 'nested more than|malformed|a bad record'],
  ])('%s', async (_name, body, message) => {
    const refusal = await load(framed(body)).catch((error: unknown) => error as Error);
    expect(refusal).toBeInstanceOf(MeshError);
    expect((refusal as Error).message).toMatch(new RegExp(message));
  });
});

it('bytes that are something else throw MeshError alone, and change nothing', async () => {
  const good = bytesOf(storeOf(ODD));
  const garbage = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.concat([good.subarray(0, 20), bytes])),
    fc.tuple(fc.nat({ max: good.length - 1 }), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
      const copy = Buffer.from(good);
      copy[at] = copy[at]! ^ by;
      return copy;
    }),
  );
  await fc.assert(
    fc.asyncProperty(garbage, async (bytes) => {
      // A flipped bit within a value goes unseen here: stores and archives have checksums.
      await load(bytes).catch((thrown) => expect(thrown).toBeInstanceOf(MeshError));
    }),
    { numRuns: 500 },
  );
  expect(bytesOf(await load(good)).equals(good)).toBe(true);
});
