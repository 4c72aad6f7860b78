import { utf8Text } from '@mesh/base';
import type { Io } from '@mesh/cli-kit';
import { attempt, readFile } from './command.ts';

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

/** The same as text. @throws CommandError that begins with `what` */
export async function readTextArgument(what: string, argument: string, io: Io): Promise<string> {
  return utf8Text(await attempt(what, readDataArgument(argument, io)));
}
