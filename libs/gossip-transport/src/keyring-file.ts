import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { MeshError } from '@mesh/base';

const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

/** Keys of a keyring file, base64, primary first. Throws MeshError when it cannot be read or holds none. */
export function readKeyringFile(path: string): string[] {
  const keys = parse(path, read(path));
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string')) {
    throw unreadable(path, 'it must be a JSON array of base64 keys');
  }
  if (keys.length === 0) throw unreadable(path, 'it holds no keys');
  return keys;
}

/** Replaces a keyring file: whoever reads it sees the old one or the new one, also after a crash. Throws MeshError. */
export function writeKeyringFile(path: string, keys: readonly string[]): void {
  const next = `${path}.next`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_FOLDER });
    // An old one may have other permissions, which writing would keep.
    rmSync(next, { force: true });
    const file = openSync(next, 'wx', OWNER_ONLY);
    try {
      writeFileSync(file, JSON.stringify(keys, undefined, 2));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(next, path);
    const folder = openSync(dirname(path), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new MeshError('internal', `cannot write the keyring file "${path}": ${reason}`, {
      cause,
    });
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, (cause as Error).message, cause);
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(path, 'it must be a JSON array of base64 keys', cause);
  }
}

function unreadable(path: string, reason: string, cause?: unknown): MeshError {
  return new MeshError('invalid-argument', `cannot read the keyring file "${path}": ${reason}`, {
    cause,
  });
}
