import { open } from 'node:fs/promises';
import { CommandError } from '@mesh/cli-kit';
import { fileError } from './command.ts';

/** The one argument of a snapshot command. @throws CommandError */
export function fileArgument(args: readonly string[]): string {
  const [file] = args;
  if (file === undefined) throw new CommandError('Missing FILE argument');
  if (args.length > 1) {
    throw new CommandError(`Too many arguments (expected 1, got ${args.length})`);
  }
  return file;
}

const READ_BYTES = 64 * 1024;

/** A file that is open for reading from start to end. */
export interface OpenFile {
  readonly length: number;
  /** To be walked once; the file is closed behind it. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Opens a file. @throws CommandError in the words of the original */
export async function openSnapshotFile(path: string): Promise<OpenFile> {
  try {
    const handle = await open(path);
    const status = await handle.stat();
    if (status.isDirectory()) {
      await handle.close();
      throw Object.assign(new Error(), { code: 'EISDIR' });
    }
    const stream = handle.createReadStream({ highWaterMark: READ_BYTES });
    return { length: status.size, chunks: stream };
  } catch (error) {
    throw new CommandError(`Error opening snapshot file: ${fileError(error, path).message}`);
  }
}
