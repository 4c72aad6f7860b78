import { type FlagTable, FlagValueError, type FlagValues } from './flag.ts';

/** What a command line says. */
export interface ParsedFlags<F extends FlagTable> {
  readonly values: FlagValues<F>;
  /** Names of the flags that were given. */
  readonly given: ReadonlySet<string>;
  /** Everything after the flags. */
  readonly args: readonly string[];
}

/** A wrong flag: print the message and the list of flags on stderr, exit 1. */
export class FlagError extends Error {}

/** -h or -help stood where a flag stands: print help on stdout, exit 0. */
export class HelpRequest extends Error {}

/**
 * Parses like Go's flag package: `-x` or `--x`, value after `=` or as the next word, `--` ends the flags,
 * and so does the first word that is not one.
 * @throws FlagError, HelpRequest
 */
export function parseFlags<F extends FlagTable>(flags: F, argv: readonly string[]): ParsedFlags<F> {
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(flags)) values[name] = flags[name]!.initial;
  const given = new Set<string>();
  let at = 0;
  while (at < argv.length) {
    const word = argv[at]!;
    if (word.length < 2 || word[0] !== '-') break;
    at++;
    if (word === '--') break;
    const { name, value } = splitWord(word);
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (flag === undefined) {
      if (name === 'h' || name === 'help') throw new HelpRequest();
      throw new FlagError(`flag provided but not defined: -${name}`);
    }
    const isBool = typeof flag.initial === 'boolean';
    const text = value ?? (isBool ? 'true' : argv[at++]);
    if (text === undefined) throw new FlagError(`flag needs an argument: -${name}`);
    try {
      values[name] = flag.parse(text, values[name]);
    } catch (thrown) {
      if (!(thrown instanceof FlagValueError)) throw thrown;
      const what = `${JSON.stringify(text)} for ${isBool ? '' : 'flag '}-${name}`;
      throw new FlagError(`invalid ${isBool ? 'boolean ' : ''}value ${what}: ${thrown.message}`);
    }
    given.add(name);
  }
  return { values: values as FlagValues<F>, given, args: argv.slice(at) };
}

function splitWord(word: string): { readonly name: string; readonly value: string | undefined } {
  const body = word.slice(word[1] === '-' ? 2 : 1);
  if (body === '' || body[0] === '-' || body[0] === '=') {
    throw new FlagError(`bad flag syntax: ${word}`);
  }
  const equals = body.indexOf('=');
  if (equals < 0) return { name: body, value: undefined };
  return { name: body.slice(0, equals), value: body.slice(equals + 1) };
}
