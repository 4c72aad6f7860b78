import { CommandError, type Io } from '@mesh/cli-kit';
import { parseHcl, parseJson } from '@mesh/config';
import { decodeEntry, type NewConfigEntry } from '@mesh/config-entry';
import { attempt, readFile } from './command.ts';

/** Where central configuration stands. */
export const CONFIG = '/v1/config';

/** Path of a kind's entries, or of one. */
export function configPath(kind: string, name?: string): string {
  const path = `${CONFIG}/${encodeURIComponent(kind)}`;
  return name === undefined ? path : `${path}/${encodeURIComponent(name)}`;
}

/** The entry that a file (HCL or JSON) or, with `-`, standard input holds. @throws CommandError */
export async function readEntry(args: readonly string[], io: Io): Promise<NewConfigEntry> {
  const [file] = args;
  if (args.length !== 1 || file === undefined) {
    throw new CommandError(
      'Must provide exactly one positional argument to specify the config entry to write',
    );
  }
  const bytes = await attempt('Failed to load data', () =>
    file === '-' ? io.readStdin() : read(file),
  );
  const text = Buffer.from(bytes).toString('utf8');
  return attempt('Failed to decode config entry input', () =>
    decodeEntry(/^\s*\{/.test(text) ? parseJson(text, file) : parseHcl(text, file)),
  );
}

function read(file: string): Buffer {
  try {
    return readFile(file);
  } catch (error) {
    throw new Error(`Failed to read file: ${(error as Error).message}`);
  }
}
