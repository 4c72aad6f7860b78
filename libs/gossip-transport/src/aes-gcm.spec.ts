import { createSecretKey } from 'node:crypto';
import { MeshError } from '@mesh/base';
import fc from 'fast-check';
import { algorithmFor, type CipherKey, type EncryptionVersion, seal, unseal } from './aes-gcm.ts';
import { CAPTURED, hex } from './testing/captured.ts';

function keyOf(bytes: Uint8Array): CipherKey {
  return { object: createSecretKey(bytes), algorithm: algorithmFor(bytes.length)! };
}

const OTHER = keyOf(new Uint8Array(32).fill(9));

test('captured packets and streams, both ways', () => {
  const versions = new Set<number>();
  for (const { name, key, aad, plain, sealed } of CAPTURED) {
    const bytes = hex(sealed);
    const cipherKey = keyOf(Buffer.from(key, 'base64'));
    const version = bytes[0] as EncryptionVersion;
    versions.add(version);
    const opened = unseal([OTHER, cipherKey], bytes, hex(aad));
    expect([name, Buffer.from(opened).toString('hex')]).toEqual([name, plain]);
    const options = { version, nonce: bytes.subarray(1, 13), additional: hex(aad) };
    const again = seal(cipherKey, hex(plain), options);
    expect([name, Buffer.from(again).toString('hex')]).toEqual([name, sealed]);
  }
  expect(CAPTURED).toHaveLength(95);
  expect([...versions].sort()).toEqual([0, 1]);
});

test('what is sealed opens, whatever its length and key', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 70 }),
      fc.constantFrom(16, 24, 32),
      fc.constantFrom<EncryptionVersion>(0, 1),
      fc.uint8Array({ maxLength: 9 }),
      (plain, keyBytes, version, additional) => {
        const key = keyOf(new Uint8Array(keyBytes).fill(keyBytes));
        const sealed = seal(key, plain, { version, additional });
        expect(unseal([key], sealed, additional)).toEqual(plain);
        expect(seal(key, plain, { version, additional })).not.toEqual(sealed);
      },
    ),
  );
});

test('any change is noticed', () => {
  const key = keyOf(new Uint8Array(16));
  const sealed = seal(key, hex('0102030405'), { additional: hex('aa') });
  for (let at = 0; at < sealed.length; at++) {
    const changed = sealed.slice();
    changed[at]! ^= 0x40;
    expect(() => unseal([key], changed, hex('aa'))).toThrow(MeshError);
  }
  expect(() => unseal([key], sealed, hex('ab'))).toThrow('No installed keys could decrypt');
  expect(() => unseal([OTHER], sealed, hex('aa'))).toThrow('No installed keys could decrypt');
  expect(() => unseal([], sealed, hex('aa'))).toThrow('No installed keys could decrypt');
});

test('versions and lengths that are none', () => {
  const key = keyOf(new Uint8Array(16));
  expect(() => unseal([key], new Uint8Array(0))).toThrow('empty');
  expect(() => unseal([key], new Uint8Array(28).fill(1))).toThrow('too small');
  expect(() => unseal([key], new Uint8Array(44).fill(0))).toThrow('too small');
  expect(() => unseal([key], new Uint8Array(99).fill(2))).toThrow('version 2');
  expect(unseal([key], seal(key, new Uint8Array(0)))).toEqual(new Uint8Array(0));
});

test('padding that lies is refused, though it is authentic', () => {
  const key = keyOf(new Uint8Array(16));
  for (const last of [0, 17, 255]) {
    const block = new Uint8Array(16).fill(last);
    const nonce = new Uint8Array(12);
    // The same bytes as version 0 would encrypt: the version byte is not authenticated.
    const sealed = seal(key, block, { version: 1, nonce });
    sealed[0] = 0;
    expect(() => unseal([key], sealed)).toThrow(`Padding of ${last} bytes`);
  }
});
