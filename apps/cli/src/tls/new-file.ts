import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { CommandError } from '@mesh/cli-kit';
import { fileError } from '../command.ts';

/** Anyone may read a certificate, the owner alone a key. */
const CERTIFICATE_MODE = 0o644;
const KEY_MODE = 0o600;

/** Where a certificate and its key go. */
export interface PairFiles {
  readonly cert: string;
  readonly key: string;
}

/** @throws CommandError when one of the files is there */
export function refuseExisting({ cert, key }: PairFiles): void {
  for (const path of [cert, key]) {
    if (existsSync(path)) throw new CommandError(`${path} already exists.`);
  }
}

/**
 * Writes both files, or none; never over one that is there.
 * @throws CommandError `open PATH: permission denied`, say
 */
export function writePair(files: PairFiles, { certPem, keyPem }: PairTexts): void {
  create(files.cert, certPem, CERTIFICATE_MODE);
  try {
    create(files.key, keyPem, KEY_MODE);
  } catch (error) {
    rmSync(files.cert, { force: true });
    throw error;
  }
}

interface PairTexts {
  readonly certPem: string;
  readonly keyPem: string;
}

function create(path: string, text: string, mode: number): void {
  try {
    writeFileSync(path, text.endsWith('\n') ? text : `${text}\n`, { mode, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new CommandError(`${path} already exists.`);
    }
    throw new CommandError(fileError(error, path).message);
  }
}
