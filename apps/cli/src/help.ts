import type { CommandRow } from './commands/index.ts';

/** Help of the program: every top-level command with its synopsis. */
export function topHelp(rows: readonly CommandRow[]): string {
  const top = rows.filter((row) => !row.name.includes(' '));
  return `Usage: consul [--version] [--help] <command> [<args>]

Available commands are:
${list(top)}`;
}

/** Help of a group: its subcommands. */
export function groupHelp(group: CommandRow, rows: readonly CommandRow[]): string {
  const words = group.name.split(' ').length + 1;
  const children = rows.filter(
    ({ name }) => name.startsWith(`${group.name} `) && name.split(' ').length === words,
  );
  return `Usage: consul ${group.name} <subcommand> [options] [args]

  ${group.about}

  For the flags and examples of a subcommand: consul ${group.name} <subcommand> -h

Subcommands:
${list(children)}`;
}

function list(rows: readonly CommandRow[]): string {
  const names = rows.map((row) => row.name.split(' ').at(-1)!);
  const width = Math.max(...names.map((name) => name.length));
  const lines = rows.map((row, at) => `    ${names[at]!.padEnd(width)}    ${row.synopsis}\n`);
  return lines.sort().join('');
}
