import type { UserEvent } from '@mesh/api-contract';
import { MeshError, utf8Bytes } from '@mesh/base';
import fc from 'fast-check';
import { decodeEvent, encodeEvent } from './event-codec.ts';

/** Captured from the original: `consul event -name=deploy -node=cli.* payload-1.2.3`. */
const CAPTURED =
  '85a24944d92466626264353634642d366363642d343162662d313939652d323035646537343965326365' +
  'a16ea66465706c6f79a26e66a5636c692e2aa170c40d7061796c6f61642d312e322e33a17601';
const EVENT: UserEvent = {
  ID: 'fbbd564d-6ccd-41bf-199e-205de749e2ce',
  Name: 'deploy',
  Payload: utf8Bytes('payload-1.2.3'),
  NodeFilter: 'cli.*',
  ServiceFilter: '',
  TagFilter: '',
  Version: 1,
  LTime: 2,
};
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const unhex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

test('writes what the original writes, and reads it', () => {
  expect(hex(encodeEvent(EVENT))).toBe(CAPTURED);
  expect(decodeEvent(unhex(CAPTURED), 2)).toEqual(EVENT);
});

test('whatever is written is read', () => {
  const event = fc.record({
    ID: fc.uuid(),
    Name: fc.string({ minLength: 1, maxLength: 300 }),
    Payload: fc.option(fc.uint8Array({ minLength: 1, maxLength: 400 })),
    NodeFilter: fc.string({ maxLength: 40 }),
    ServiceFilter: fc.string({ maxLength: 40 }),
    TagFilter: fc.string({ maxLength: 40 }),
    Version: fc.integer({ min: 0, max: 127 }),
    LTime: fc.nat(),
  });
  fc.assert(
    fc.property(event, (given) => {
      expect(decodeEvent(encodeEvent(given), given.LTime)).toEqual(given);
    }),
  );
});

describe('other dialects', () => {
  const ID = `a24944da0024${hex(utf8Bytes(EVENT.ID))}`;
  const NAME = 'a16ea161';

  test.each([
    [
      'old spec: raw 16 for a text, raw for bytes',
      `83${ID}${NAME}a170a161`,
      { Payload: utf8Bytes('a') },
    ],
    [
      'nil for everything but id and name',
      `86${ID}${NAME}a170c0a26e66c0a173c0a176c0`,
      { Version: 0 },
    ],
    ['names as binaries', `82${ID}c4016ec40161`, {}],
    ['a map with 16 bits of size', `de0002${ID}${NAME}`, {}],
    ['a map with 32 bits of size', `df00000002${ID}${NAME}`, {}],
    ['a wide version', `83${ID}${NAME}a176cf0000000000000001`, { Version: 1 }],
    [
      'an unknown key that holds much',
      `83${ID}a178820193c0c3cb0000000000000000c70101ffdc0001d1ffff${NAME}`,
      {},
    ],
  ])('%s', (_what, bytes, more) => {
    const { ID: id } = EVENT;
    expect(decodeEvent(unhex(bytes), 1)).toMatchObject({ ID: id, Name: 'a', ...more });
  });

  test.each([
    ['nothing', ''],
    ['no map', '01'],
    ['an empty map', '80'],
    ['no name', `81${ID}`],
    ['an id that is no UUID', '82a24944a178a16ea161'],
    ['a text as version', `83${ID}${NAME}a176a131`],
    ['a version beyond 2^53', `83${ID}${NAME}a176cfffffffffffffffff`],
    ['an end too early', `83${ID}${NAME}`],
    ['a length beyond the end', `83${ID}${NAME}a170c6ffffffff00`],
    ['an array of 2^32', `83${ID}${NAME}a178ddffffffff00`],
    ['a type that does not exist', `83${ID}${NAME}a178c1`],
  ])('%s is refused', (_what, bytes) => {
    expect(() => decodeEvent(unhex(bytes), 1)).toThrow(MeshError);
  });
});

test('no more than 9 KiB are read', () => {
  const large = { ...EVENT, Payload: new Uint8Array(9 * 1024) };
  expect(() => decodeEvent(encodeEvent(large), 1)).toThrow('accepted are 9216');
});

test('what is kept does not hold on to the input', () => {
  const whole = Buffer.alloc(65_536);
  const bytes = encodeEvent(EVENT);
  whole.set(bytes);
  const { Payload } = decodeEvent(whole.subarray(0, bytes.length), 1);
  expect(Payload?.buffer.byteLength).toBe(13);
});

test('a payload that mutates throws MeshError or nothing', () => {
  const bytes = unhex(CAPTURED);
  const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 6 }), fc.nat(bytes.length), (changes, length) => {
      const mutated = bytes.slice(0, length);
      for (const [at, value] of changes) mutated[at] = value;
      try {
        decodeEvent(mutated, 1);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(MeshError);
      }
    }),
    { numRuns: 2000 },
  );
});
