import { boolFlag, CommandError, goJson, textFlag } from '@mesh/cli-kit';

const FORMATS: readonly string[] = ['pretty', 'json'];

/** How a record is written for people and for programs. */
export interface Layout<T> {
  /** Lines for people, the last one ended too; `meta` adds digest and indexes. */
  pretty(record: T, meta: boolean): string;
  /** The record with its fields in the order of the original. */
  json(record: T): unknown;
}

export const formatFlag = textFlag('How to print: pretty or json.', 'pretty');

export const metaFlag = boolFlag('Print the digest and the indexes of changes, too.');

/** What -format and -meta say. */
export interface OutputFlags {
  readonly format: string;
  readonly meta?: boolean;
}

/**
 * Refuses a format that there is not; to be called before anything is changed.
 * @throws CommandError
 */
export function checkFormat(format: string): void {
  if (FORMATS.includes(format)) return;
  throw new CommandError(`Unknown format: ${format} (accepted: ${FORMATS.join(', ')})`);
}

/** A record, as `-format` and `-meta` ask for it. No line break at the end. */
export function formatted<T>(layout: Layout<T>, record: T, { format, meta }: OutputFlags): string {
  if (format === 'json') return goJson(layout.json(record), '    ');
  return layout.pretty(record, meta ?? false);
}

/** Prints a list; an empty one prints nothing for people, `[]` for programs. */
export function printList<T>(
  layout: Layout<readonly T[]>,
  records: readonly T[] | null,
  flags: OutputFlags,
  print: (text: string) => void,
): void {
  const text = formatted(layout, records ?? [], flags);
  if (text !== '') print(text);
}

/** Hexadecimal of a digest that the API writes as base64. */
export function hexDigest(base64: string | undefined): string {
  return Buffer.from(base64 ?? '', 'base64').toString('hex');
}

/** `  Name:   value` lines, the values in a column `width` characters behind the indentation. */
export function fieldLines(
  fields: ReadonlyArray<readonly [name: string, value: string]>,
  width: number,
  indentation = '',
): string {
  return fields
    .map(([name, value]) => `${indentation}${`${name}:`.padEnd(width - 1)} ${value}\n`)
    .join('');
}

/** An object without the fields that are undefined, '' or without entries: Go's omitempty. */
export function withoutEmpty(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  );
}
