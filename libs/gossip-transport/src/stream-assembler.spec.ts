import { decodeStream, encodeStream, type StreamMessage } from '@mesh/gossip';
import fc from 'fast-check';
import { Keyring } from './keyring.ts';
import { PoolCipher } from './pool-cipher.ts';
import { StreamAssembler } from './stream-assembler.ts';
import { CAPTURED, hex } from './testing/captured.ts';

const KEY = new Uint8Array(32).fill(7);
const strict = { verifyIncoming: true, verifyOutgoing: true };

const MESSAGES: readonly StreamMessage[] = [
  { kind: 'ping', seqNo: 7, node: 'a' },
  { kind: 'user', body: new Uint8Array(300).map((_, at) => at * 7) },
  { kind: 'error', error: 'no' },
  {
    kind: 'pushPull',
    join: true,
    nodes: [
      {
        ...{ name: 'a', host: '10.0.0.1', port: 8301, meta: hex('ff80'), incarnation: 1, state: 0 },
        versions: [1, 5, 2, 2, 5, 4],
      },
    ],
    userState: new Uint8Array(50).fill(3),
  },
];

function assemble(cipher: PoolCipher, bytes: Uint8Array, cuts: readonly number[]) {
  const assembler = new StreamAssembler(cipher);
  const ends = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b);
  let start = 0;
  for (const end of [...ends, bytes.length]) {
    const found = assembler.push(bytes.subarray(start, end));
    if (found) return { found, at: end };
    start = end;
  }
  return undefined;
}

describe.each([
  ['plain', undefined],
  ['encrypted', Keyring.of([KEY])],
])('%s', (_name, keyring) => {
  const cipher = new PoolCipher({ keyring, ...strict });

  test.each([false, true])('every message in any pieces, compression %s', (compress) => {
    for (const message of MESSAGES) {
      const bytes = cipher.sealStream(encodeStream(message, compress));
      fc.assert(
        fc.property(fc.array(fc.nat(), { maxLength: 9 }), (cuts) => {
          const done = assemble(cipher, bytes, cuts)!;
          expect(done.at).toBe(bytes.length);
          expect(decodeStream(done.found.open())).toMatchObject({ kind: message.kind });
        }),
        { numRuns: 50 },
      );
      const every = Array.from(bytes.keys());
      expect(decodeStream(assemble(cipher, bytes, every)!.found.open())).toEqual(
        decodeStream(encodeStream(message, false)),
      );
    }
  });

  test('a stream cut short never ends', () => {
    for (const message of MESSAGES) {
      const bytes = cipher.sealStream(encodeStream(message, true));
      expect(assemble(cipher, bytes.subarray(0, -1), [1, 5, 6])).toBeUndefined();
    }
  });
});

test('captured streams, byte by byte', () => {
  // Replies to labelled streams show no label, but it is authenticated.
  const streams = CAPTURED.filter(({ header, aad }) => header === aad && aad !== '');
  for (const { header, sealed, plain, key } of streams) {
    const cipher = new PoolCipher({ keyring: Keyring.of([KEY, key]), ...strict });
    const bytes = hex(header + sealed);
    const opened = assemble(cipher, bytes, Array.from(bytes.keys()))!.found.open();
    expect(Buffer.from(opened).toString('hex')).toBe(plain);
  }
  expect(streams.length).toBeGreaterThan(20);
});

test('captured packets', () => {
  const packets = CAPTURED.filter(({ header, aad }) => header === '' && aad === '');
  for (const { sealed, plain, key } of packets) {
    const cipher = new PoolCipher({ keyring: Keyring.of([KEY, key]), ...strict });
    expect(Buffer.from(cipher.openPacket(hex(sealed))).toString('hex')).toBe(plain);
  }
  expect(packets.length).toBeGreaterThan(20);
});

describe('who may speak', () => {
  const plain = encodeStream(MESSAGES[0]!, false);
  const keyring = Keyring.of([KEY]);
  const whole = (cipher: PoolCipher, bytes: Uint8Array) =>
    new StreamAssembler(cipher).push(bytes)!.open();

  test('no key, encrypted stream', () => {
    const sealed = new PoolCipher({ keyring, ...strict }).sealStream(plain);
    expect(() => whole(new PoolCipher(strict), sealed)).toThrow(
      'Remote state is encrypted and encryption is not configured',
    );
  });

  test('key, plain stream', () => {
    const message = 'Encryption is configured but remote state is not encrypted';
    expect(() => whole(new PoolCipher({ keyring, ...strict }), plain)).toThrow(message);
    const lax = new PoolCipher({ keyring, verifyIncoming: false, verifyOutgoing: true });
    expect(whole(lax, plain)).toEqual(plain);
    expect(whole(lax, lax.sealStream(plain))).toEqual(plain);
  });

  test('another key', () => {
    const other = new PoolCipher({ keyring: Keyring.of([new Uint8Array(16)]), ...strict });
    const cipher = new PoolCipher({ keyring, ...strict });
    const message = 'No installed keys could decrypt the message';
    expect(() => whole(cipher, other.sealStream(plain))).toThrow(message);
    expect(() => cipher.openPacket(other.sealPacket(plain))).toThrow(message);
  });

  test('the length is authenticated', () => {
    const cipher = new PoolCipher({ keyring, ...strict });
    const frame = cipher.sealStream(plain);
    const longer = new Uint8Array([...frame, 0]);
    longer[4]!++;
    expect(() => whole(cipher, longer)).toThrow('No installed keys could decrypt the message');
  });

  test('packets while a pool changes to encryption', () => {
    const off = new PoolCipher({ keyring, verifyIncoming: false, verifyOutgoing: false });
    const on = new PoolCipher({ keyring, ...strict });
    expect(off.sealPacket(plain)).toBe(plain);
    expect(off.sealStream(plain)).toBe(plain);
    expect(off.openPacket(plain)).toBe(plain);
    expect(off.openPacket(on.sealPacket(plain))).toEqual(plain);
    expect(() => on.openPacket(plain)).toThrow();
    expect([off.overheadBytes, on.overheadBytes]).toEqual([0, 29]);
    expect(on.sealPacket(plain)).toHaveLength(plain.length + 29);
  });
});

test('a claim of over 20 MiB is refused from its header', () => {
  const cipher = new PoolCipher({ keyring: Keyring.of([KEY]), ...strict });
  const assembler = new StreamAssembler(cipher);
  expect(() => assembler.push(hex('0a01400001'))).toThrow('larger than limit (20971521)');
});
