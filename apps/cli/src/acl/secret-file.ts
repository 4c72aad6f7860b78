import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { fileError } from '../command.ts';

/** Only the owner may read a secret. */
const MODE = 0o600;

/** A file to be written with a secret: opened before the secret is asked for, so that none is lost. */
export interface SecretFile {
  /** Puts the secret in the place of what the file holds, whole or not at all. @throws Error */
  write(secret: string): void;
  /** Leaves nothing behind beside the file. */
  close(): void;
}

/** @throws Error in the words `open PATH: permission denied` when it cannot be written */
export function openSecretFile(path: string): SecretFile {
  // A pipe or a terminal takes the secret itself: it cannot be replaced.
  const fresh = isReplaceable(path) ? `${path}.${process.pid}.tmp` : path;
  const handle = guarded(path, () => openSync(fresh, 'w', MODE));
  return {
    write: (secret) =>
      guarded(path, () => {
        const bytes = Buffer.from(secret);
        for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
        if (fresh === path) return;
        fsyncSync(handle);
        renameSync(fresh, path);
      }),
    close() {
      closeSync(handle);
      if (fresh !== path) rmSync(fresh, { force: true });
    },
  };
}

function isReplaceable(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined || found.isFile();
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fileError(error, path);
  }
}
