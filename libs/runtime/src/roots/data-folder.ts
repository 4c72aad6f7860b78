import {
  accessSync,
  constants,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Component, MeshError } from '@mesh/base';

/** Version of the layout of data_dir. */
const FORMAT = 1;
const FORMAT_FILE = 'format';
/** Held by the process that uses the folder. */
const LOCK_FILE = 'lock';

/** Locks a file until it is released. Throws an Error while another process holds it. */
export type LockFile = (path: string) => { release(): void };

/**
 * Makes sure of data_dir before anything is written to it, and before others hear of this process: there,
 * of a known format, and nobody else's until the stop.
 */
export function dataFolder(folder: string, lockFile: LockFile): Component {
  let lock: ReturnType<LockFile> | undefined;
  return {
    name: 'data-folder',
    start: async () => {
      attempt(folder, () => {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        if (!statSync(folder).isDirectory()) throw new Error('it is no folder');
        accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
      });
      checkFormat(folder, join(folder, FORMAT_FILE));
      lock ??= attempt(folder, () => lockFile(join(folder, LOCK_FILE)));
    },
    stop: async () => {
      lock?.release();
      lock = undefined;
    },
  };
}

function checkFormat(folder: string, file: string): void {
  const text = attempt(folder, () => readIfThere(file)?.trim());
  if (text === String(FORMAT)) return;
  // None yet, or a crash came between its making and its writing.
  if (!text) {
    attempt(folder, () => {
      writeFileSync(`${file}.tmp`, `${FORMAT}\n`, { mode: 0o600 });
      renameSync(`${file}.tmp`, file);
    });
    return;
  }
  const isNewer = /^[0-9]{1,9}$/.test(text) && Number(text) > FORMAT;
  const said = JSON.stringify(text.slice(0, 32));
  throw new MeshError(
    'unavailable',
    `data_dir: ${file} says format ${said}, this version knows ${FORMAT}: ` +
      (isNewer
        ? 'a newer version wrote it. Start that, or use'
        : 'it is not of this program. Use') +
      ' another data_dir',
  );
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    if ((thrown as { readonly code?: unknown }).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

/** One line that names the folder for whatever the file system says. */
function attempt<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof MeshError) throw cause;
    const why = (cause as Error).message;
    throw new MeshError('unavailable', `data_dir: cannot use ${folder}: ${why}`, { cause });
  }
}
