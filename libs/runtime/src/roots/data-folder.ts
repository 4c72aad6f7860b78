import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Component, MeshError } from '@mesh/base';

/** Version of the layout of data_dir. */
const FORMAT = 1;
const FORMAT_FILE = 'format';

/** Makes sure of data_dir before anything is written to it: there, ours, and of a known format. */
export function dataFolder(folder: string): Component {
  return {
    name: 'data-folder',
    start: async () => {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        accessSync(folder, constants.W_OK);
      } catch (cause) {
        const why = (cause as Error).message;
        throw new MeshError('unavailable', `data_dir: cannot use ${folder}: ${why}`, { cause });
      }
      checkFormat(join(folder, FORMAT_FILE));
    },
    stop: async () => {},
  };
}

function checkFormat(file: string): void {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch {
    writeFileSync(file, `${FORMAT}\n`, { mode: 0o600 });
    return;
  }
  if (text === String(FORMAT)) return;
  throw new MeshError(
    'unavailable',
    `data_dir: ${file} says format "${text}", this version knows ${FORMAT}: it was written by a ` +
      'newer version; start that, or use another data_dir',
  );
}
