import type { Io } from '@mesh/cli-kit';
import { readFile } from './command.ts';

/** Bytes that an argument stands for: `@FILE`, `-` for stdin, anything else itself. @throws Error */
export async function readDataArgument(argument: string, io: Io): Promise<Uint8Array> {
  if (argument.startsWith('@')) {
    try {
      return readFile(argument.slice(1));
    } catch (error) {
      throw new Error(`Failed to read file: ${(error as Error).message}`);
    }
  }
  return argument === '-' ? io.readStdin() : Buffer.from(argument);
}
