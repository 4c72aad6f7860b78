/**
 * Declares a table: how a row's primary id and its secondary keys are made. Order is by UTF-16
 * code units.
 */
export interface TableSchema<Row extends object> {
  /** Unique name; also names the table in snapshots. */
  readonly name: string;
  /** Primary key of a row. */
  id(row: Row): string;
  /** Secondary indexes: one key, several, or undefined to leave the row out of that index. */
  readonly indexes: Readonly<Record<string, (row: Row) => string | readonly string[] | undefined>>;
}

/** A typed token of a table; pass it to every read and write. */
export interface Table<Row extends object> {
  readonly schema: TableSchema<Row>;
}

export function defineTable<Row extends object>(schema: TableSchema<Row>): Table<Row> {
  return { schema };
}

/**
 * Separates the parts of a composite key; may not occur in names, so a prefix never matches a
 * longer name.
 */
export const KEY_SEPARATOR = '\u0000';

/** Composite key of several parts. */
export function compositeKey(...parts: readonly string[]): string {
  return parts.join(KEY_SEPARATOR);
}
