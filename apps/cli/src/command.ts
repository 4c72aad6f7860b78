import { readFileSync } from 'node:fs';
import { MeshError } from '@mesh/base';
import {
  CommandError,
  commandHelp,
  FlagError,
  type FlagTable,
  type FlagValues,
  flagUsage,
  HelpRequest,
  type Io,
  parseFlags,
} from '@mesh/cli-kit';

/** What one file in commands/ exports. */
export interface Command {
  readonly flags: FlagTable;
  help(): string;
  /** Runs to the end. @returns the exit code */
  run(argv: readonly string[], io: Io): Promise<number>;
}

/** One run of a command, flags parsed. */
export interface Invocation<F extends FlagTable> {
  readonly flags: FlagValues<F>;
  /** Names of the flags that were given. */
  readonly given: ReadonlySet<string>;
  readonly args: readonly string[];
  readonly io: Io;
  /** Writes a line to stdout. */
  print(line: string): void;
  /** Writes a line to stderr. */
  complain(line: string): void;
}

export interface CommandDefinition<F extends FlagTable> {
  /** `consul kv get [options] [KEY]` */
  readonly usage: string;
  /** What it does, with examples: the body of its help. */
  readonly about: string;
  readonly flags: F;
  /** @returns the exit code @throws CommandError to end with a line on stderr */
  run(invocation: Invocation<F>): Promise<number> | number;
}

/**
 * A command line that misses something: the message, if any, and the whole help go to stderr, exit code 1.
 */
export class UsageError extends Error {}

/** Makes a command of its definition: parses flags, answers -h, prints errors. */
export function defineCommand<F extends FlagTable>(definition: CommandDefinition<F>): Command {
  const help = () => commandHelp(definition.usage, definition.about, definition.flags);
  return {
    flags: definition.flags,
    help,
    async run(argv, io) {
      try {
        const { values, given, args } = parseFlags(definition.flags, argv);
        return await definition.run({
          flags: values,
          given,
          args,
          io,
          print: (line) => io.out(`${line}\n`),
          complain: (line) => io.err(`${line}\n`),
        });
      } catch (thrown) {
        return report(thrown, io, help, definition.flags);
      }
    },
  };
}

function report(thrown: unknown, io: Io, help: () => string, flags: FlagTable): number {
  if (thrown instanceof HelpRequest) {
    io.out(help());
    return 0;
  }
  if (thrown instanceof FlagError) {
    io.err(`${thrown.message}\n${flagUsage(flags)}`);
    return 1;
  }
  if (thrown instanceof UsageError) {
    io.err(`${thrown.message === '' ? '' : `${thrown.message}\n\n`}${help()}`);
    return 1;
  }
  if (thrown instanceof CommandError) {
    io.err(`${thrown.message}\n`);
    return thrown.exitCode;
  }
  if (thrown instanceof MeshError) {
    io.err(`${thrown.message}\n`);
    return 1;
  }
  throw thrown;
}

/** Awaits work; a failure ends the command with `what: reason` on stderr. */
export async function attempt<T>(what: string, work: Promise<T> | (() => T)): Promise<T> {
  try {
    return await (typeof work === 'function' ? work() : work);
  } catch (error) {
    throw new CommandError(`${what}: ${(error as Error).message}`);
  }
}

const FILE_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
};

/** Reads a file. @throws Error in the words `open PATH: no such file or directory` */
export function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fileError(error, path);
  }
}

/** What went wrong with a file, in the same words. */
export function fileError(error: unknown, path: string): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  const verb = code === 'EISDIR' ? 'read' : 'open';
  return new Error(`${verb} ${path}: ${FILE_REASONS[code ?? ''] ?? message}`);
}
