import { CommandError } from '@mesh/cli-kit';

/** Refuses arguments where a command has none. @throws CommandError */
export function noArguments(args: readonly string[]): void {
  if (args.length === 0) return;
  throw new CommandError(`Too many arguments (expected 0, got ${args.length})`);
}
