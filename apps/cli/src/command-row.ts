import type { Command } from './command.ts';

/** One command of the program. A row has a file to load, or is a group, or comes with a later capability. */
export interface CommandRow {
  /** Words after `consul`: `kv get`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly synopsis: string;
  readonly load?: () => Promise<{ readonly command: Command }>;
  /** Of a group: what its subcommands are for. */
  readonly about?: string;
  /** The words behind its own are another program's command line. */
  readonly takesChild?: boolean;
  /** What is missing, in the plural: `access control lists`. */
  readonly later?: string;
}
