import { formatDuration, parseDuration } from '@mesh/base';

/** One command-line flag as data: how its text becomes a value, and what help says of it. */
export interface Flag<T> {
  /** Word for the value in help, `-name value`; '' for flags that need none. */
  readonly placeholder: string;
  readonly doc: string;
  /** Value when the flag is not given. */
  readonly initial: T;
  /** Default as help shows it; '' shows none. */
  readonly defaultText: string;
  /** Heading in help under which the flag stands; '' for the command's own. */
  readonly section: string;
  /** Value after one more occurrence. @throws FlagValueError */
  parse(text: string, before: T): T;
}

/** Flags of a command by name, without dashes. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

/** Values of a table of flags. */
export type FlagValues<F extends FlagTable> = {
  readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never;
};

/** Why a text is not a value of a flag, without the flag's name: `parse error`. */
export class FlagValueError extends Error {}

/** Go's strconv.ParseBool. */
const TRUE_WORDS: readonly string[] = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE_WORDS: readonly string[] = ['0', 'f', 'F', 'false', 'FALSE', 'False'];
const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_INT64 = 2n ** 63n - 1n;

/** True when given bare; `-x=false` turns it off. */
export function boolFlag(doc: string, initial = false): Flag<boolean> {
  return {
    ...row('', doc, initial, initial ? 'true' : ''),
    parse(text) {
      if (TRUE_WORDS.includes(text)) return true;
      if (FALSE_WORDS.includes(text)) return false;
      throw new FlagValueError('parse error');
    },
  };
}

/** A text; the last one given counts. */
export function textFlag(doc: string, initial = '', placeholder = 'string'): Flag<string> {
  return {
    ...row(placeholder, doc, initial, initial === '' ? '' : JSON.stringify(initial)),
    parse: (text) => text,
  };
}

/** A text that may be given many times. */
export function listFlag(doc: string): Flag<readonly string[]> {
  return {
    ...row<readonly string[]>('value', doc, [], ''),
    parse: (text, before) => [...before, text],
  };
}

/** key=value, many times; a later value of a key replaces the earlier one. */
export function mapFlag(doc: string): Flag<ReadonlyMap<string, string>> {
  return {
    ...row<ReadonlyMap<string, string>>('value', doc, new Map(), ''),
    parse(text, before) {
      const equals = text.indexOf('=');
      if (equals < 0) {
        throw new FlagValueError(`missing "=" value in argument: ${JSON.stringify(text)}`);
      }
      return new Map([...before, [text.slice(0, equals), text.slice(equals + 1)]]);
    },
  };
}

/** A whole number of at most 2^53. */
export function intFlag(doc: string, initial = 0): Flag<number> {
  return {
    ...row('int', doc, initial, initial === 0 ? '' : String(initial)),
    parse(text) {
      const negative = text.startsWith('-');
      const value = unsigned(text.replace(/^[+-]/, ''), MAX_INT64);
      if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new FlagValueError('value out of range');
      return negative ? -Number(value) : Number(value);
    },
  };
}

/** An unsigned 64-bit number. */
export function uintFlag(doc: string): Flag<bigint> {
  return { ...row('uint', doc, 0n, ''), parse: (text) => unsigned(text, MAX_UINT64) };
}

/** A Go duration such as 1m30s; values are in milliseconds. */
export function durationFlag(doc: string, initialMs = 0): Flag<number> {
  return {
    ...row('duration', doc, initialMs, initialMs === 0 ? '' : formatDuration(initialMs)),
    parse(text) {
      const ms = parseDuration(text);
      if (ms === undefined) throw new FlagValueError('parse error');
      return ms;
    },
  };
}

/** The same flags, under a heading of their own in help. */
export function underHeading<F extends FlagTable>(section: string, flags: F): F {
  const entries = Object.entries(flags).map(([name, flag]) => [name, { ...flag, section }]);
  return Object.fromEntries(entries) as F;
}

function row<T>(placeholder: string, doc: string, initial: T, defaultText: string) {
  return { placeholder, doc, initial, defaultText, section: '' };
}

const UNSIGNED = /^(0[xX](_?[0-9a-fA-F])+|0[bB](_?[01])+|0[oO]?(_?[0-7])+|0|[1-9](_?[0-9])*)$/;

/** Go's strconv.ParseUint with base 0: decimal, 0x, 0b, 0o or 0, underscores between digits. */
function unsigned(text: string, max: bigint): bigint {
  if (!UNSIGNED.test(text)) throw new FlagValueError('parse error');
  const digits = text.replaceAll('_', '');
  const value = BigInt(digits.replace(/^0[oO]?(?=[0-7])/, '0o'));
  if (value > max) throw new FlagValueError('value out of range');
  return value;
}
