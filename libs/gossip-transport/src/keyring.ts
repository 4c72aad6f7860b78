import { createSecretKey } from 'node:crypto';
import { base64Decode, base64Encode, MeshError } from '@mesh/base';
import type { KeyOperations } from '@mesh/gossip';
import { algorithmFor, type CipherKey } from './aes-gcm.ts';
import { readKeyringFile, writeKeyringFile } from './keyring-file.ts';

interface Entry extends CipherKey {
  readonly text: string;
}

/**
 * Keys of a pool, never none: the first, the primary, encrypts; any of them decrypts. A change that cannot be
 * written to the file does not happen.
 */
export class Keyring implements KeyOperations {
  private entries: readonly Entry[];
  private readonly file: string | undefined;

  private constructor(entries: readonly Entry[], file: string | undefined) {
    this.entries = entries;
    this.file = file;
  }

  /**
   * A keyring of these keys, base64 or bytes, primary first; written to the file, where one is given. Throws
   * MeshError when there are none, one is not 16, 24 or 32 bytes, or the file cannot be written.
   */
  static of(keys: readonly (string | Uint8Array)[], file?: string): Keyring {
    const keyring = new Keyring([], file);
    keyring.replace(uniqueEntries(keys));
    return keyring;
  }

  /** The keyring of a file (a JSON array of base64), which it keeps up to date. Throws MeshError. */
  static open(file: string): Keyring {
    return new Keyring(uniqueEntries(readKeyringFile(file)), file);
  }

  /** Base64 of each, primary first. */
  keys(): readonly string[] {
    return this.entries.map(({ text }) => text);
  }

  list(): readonly string[] {
    return this.keys();
  }

  /** Adds a key at the end; nothing where it is there. Throws MeshError on a wrong size. */
  install(key: Uint8Array): void {
    const entry = entryOf(key);
    if (!this.has(entry)) this.replace([...this.entries, entry]);
  }

  /** Makes an installed key the primary. Throws MeshError where it is not installed. */
  use(key: Uint8Array): void {
    const entry = entryOf(key);
    if (!this.has(entry)) {
      throw new MeshError('invalid-argument', 'Requested key is not in the keyring');
    }
    if (this.entries[0]!.text === entry.text) return;
    this.replace([entry, ...this.without(entry)]);
  }

  /** Removes a key; nothing where it is not there. Throws MeshError for the primary. */
  remove(key: Uint8Array): void {
    const entry = entryOf(key);
    if (this.entries[0]!.text === entry.text) {
      throw new MeshError('invalid-argument', 'Removing the primary key is not allowed');
    }
    if (this.has(entry)) this.replace(this.without(entry));
  }

  /** Encrypts all we send. */
  get primary(): CipherKey {
    return this.entries[0]!;
  }

  /** Tried in order to decrypt. */
  get cipherKeys(): readonly CipherKey[] {
    return this.entries;
  }

  private has({ text }: Entry): boolean {
    return this.entries.some((known) => known.text === text);
  }

  private without({ text }: Entry): Entry[] {
    return this.entries.filter((known) => known.text !== text);
  }

  private replace(entries: readonly Entry[]): void {
    if (this.file !== undefined) {
      writeKeyringFile(
        this.file,
        entries.map(({ text }) => text),
      );
    }
    this.entries = entries;
  }
}

function uniqueEntries(keys: readonly (string | Uint8Array)[]): Entry[] {
  const entries = new Map(keys.map(entryOf).map((entry) => [entry.text, entry]));
  if (entries.size === 0) throw new MeshError('invalid-argument', 'a keyring needs a key');
  return [...entries.values()];
}

function entryOf(key: string | Uint8Array): Entry {
  const bytes = typeof key === 'string' ? base64Decode(key) : key;
  if (!bytes) throw new MeshError('invalid-argument', 'the key is not base64');
  const algorithm = algorithmFor(bytes.length);
  if (!algorithm) {
    throw new MeshError('invalid-argument', 'key size must be 16, 24 or 32 bytes');
  }
  return { text: base64Encode(bytes), object: createSecretKey(bytes), algorithm };
}
