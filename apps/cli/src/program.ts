import { EXIT, type Io } from '@mesh/cli-kit';
import { COMMANDS, type CommandRow } from './commands/index.ts';

const HELP_WORDS: readonly string[] = ['-h', '-help', '--help'];
const VERSION_WORDS: readonly string[] = ['-v', '-version', '--version'];

/**
 * Finds the command that the arguments name, loads its one file and runs it. @returns the exit code
 */
export async function runProgram(argv: readonly string[], io: Io): Promise<number> {
  const at = argv.findIndex((word) => word === '--' || !word.startsWith('-') || word === '');
  const first = at < 0 || argv[at] === '--' ? undefined : argv[at];
  const before = argv.slice(0, at < 0 ? argv.length : at);
  if (before.some((word) => VERSION_WORDS.includes(word))) return runRow(rowOf('version')!, [], io);
  const wantsHelp = before.some((word) => HELP_WORDS.includes(word));
  if (first === undefined) {
    await printTopHelp(wantsHelp ? io.out : io.err);
    return wantsHelp ? EXIT.ok : EXIT.unknownCommand;
  }
  const unknown = before.find((word) => !HELP_WORDS.includes(word));
  if (unknown !== undefined) {
    io.err(
      `${unknown}: flags of a command stand behind its name: consul ${first} ${unknown} ...\n`,
    );
    return EXIT.failure;
  }
  const { row, rest } = findRow(argv.slice(at));
  if (row === undefined) {
    await printTopHelp(io.err);
    return EXIT.unknownCommand;
  }
  return runRow(row, wantsHelp ? ['-h', ...rest] : rest, io);
}

function rowOf(name: string): CommandRow | undefined {
  return COMMANDS.find((row) => row.name === name);
}

/** The row with the longest name that the words begin with, and the words behind that name. */
function findRow(words: readonly string[]): {
  readonly row: CommandRow | undefined;
  readonly rest: readonly string[];
} {
  let row: CommandRow | undefined;
  let name = '';
  let used = 0;
  for (let count = 1; count <= words.length; count++) {
    name = count === 1 ? words[0]! : `${name} ${words[count - 1]}`;
    const found = rowOf(name);
    if (found === undefined) break;
    row = found;
    used = count;
  }
  return { row, rest: words.slice(used) };
}

async function runRow(row: CommandRow, argv: readonly string[], io: Io): Promise<number> {
  if (row.later !== undefined) {
    io.err(`consul ${row.name} is not available yet: ${row.later} come with a later capability\n`);
    return EXIT.failure;
  }
  if (row.load === undefined) {
    const { groupHelp } = await import('./help.ts');
    const wantsHelp = argv.some((word) => HELP_WORDS.includes(word));
    (wantsHelp ? io.out : io.err)(groupHelp(row, COMMANDS));
    return wantsHelp ? EXIT.ok : EXIT.failure;
  }
  const { command } = await row.load();
  return command.run(helpFirst(row, argv), io);
}

/**
 * A help flag anywhere before `--` asks for help, as in the original; but what stands behind the words of
 * `lock` and `watch` belongs to the child.
 */
function helpFirst(row: CommandRow, argv: readonly string[]): readonly string[] {
  if (row.takesChild) return argv;
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  return own.some((word) => HELP_WORDS.includes(word)) ? ['-h'] : argv;
}

async function printTopHelp(write: (text: string) => void): Promise<void> {
  const { topHelp } = await import('./help.ts');
  write(topHelp(COMMANDS));
}
