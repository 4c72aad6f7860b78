import { invalid, mismatch, type Shape, type ShapePath, snakeCase } from '@mesh/base';

/**
 * Where a definition comes from. Files know HCL's ways and one spelling; the API is as Go's JSON.
 */
export type DefinitionSource = 'file' | 'api';

/** Spellings of a field name that are accepted; case never matters. */
export type Spelling = 'snake' | 'joined-and-snake';

type Fields = Readonly<Record<string, Shape<unknown>>>;

type Decoded<F extends Fields> = {
  [K in keyof F]: F[K] extends Shape<infer T> ? T : never;
};

export interface DefinitionRecordOptions {
  readonly source: DefinitionSource;
  readonly spelling: Spelling;
  /** Further names: lower-cased alias -> field. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Names that had a meaning once: lower-cased name -> what to say. */
  readonly removed?: Readonly<Record<string, string>>;
}

/**
 * An object of a definition: every key must be known. Absent fields are decoded as null, so that
 * each shape supplies its default. In files a list of one object stands for the object (an HCL
 * block).
 * @throws MeshError `invalid-argument` naming the key with its path.
 */
export function definitionRecord<F extends Fields>(
  fields: F,
  options: DefinitionRecordOptions,
): Shape<Decoded<F>> {
  const names = nameTable(Object.keys(fields), options);
  return {
    decode(value: unknown, path: ShapePath): Decoded<F> {
      const found = new Map<string, unknown>();
      for (const [key, element] of Object.entries(requireObject(value, path, options.source))) {
        const lower = key.toLowerCase();
        const field = names.get(lower);
        if (field === undefined) throw unknownKey(path, key, options);
        if (element !== null && element !== undefined) found.set(field, element);
      }
      const out: Record<string, unknown> = {};
      for (const [field, inner] of Object.entries(fields)) {
        const name = options.source === 'file' ? snakeCase(field) : field;
        out[field] = inner.decode(found.get(field), path === '' ? name : `${path}.${name}`);
      }
      return out as Decoded<F>;
    },
  };
}

/** A list of objects; in files one object alone is a list of one (a single HCL block). */
export function definitionList<T>(item: Shape<T>, source: DefinitionSource): Shape<readonly T[]> {
  return {
    decode(value: unknown, path: ShapePath): readonly T[] {
      if (value === null || value === undefined) return [];
      const alone = source === 'file' && typeof value === 'object' && !Array.isArray(value);
      const elements: unknown = alone ? [value] : value;
      if (!Array.isArray(elements)) throw mismatch(path, 'a list of objects', value);
      return elements.map((element, at) => item.decode(element, `${path}[${at}]`));
    },
  };
}

/** A map from text to T, {} when absent; in files a list of one object stands for it. */
export function definitionMap<T>(
  item: Shape<T>,
  source: DefinitionSource,
): Shape<Readonly<Record<string, T>>> {
  return {
    decode(value: unknown, path: ShapePath): Readonly<Record<string, T>> {
      if (value === null || value === undefined) return {};
      const entries = Object.entries(requireObject(value, path, source));
      return Object.fromEntries(
        entries.map(([key, element]) => [key, item.decode(element, `${path}.${key}`)]),
      );
    },
  };
}

function requireObject(value: unknown, path: ShapePath, source: DefinitionSource): object {
  const only = source === 'file' && Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (only === null || typeof only !== 'object' || Array.isArray(only)) {
    throw mismatch(path, 'an object', value);
  }
  return only;
}

function nameTable(
  fields: readonly string[],
  options: DefinitionRecordOptions,
): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  for (const field of fields) {
    table.set(snakeCase(field), field);
    if (options.spelling === 'joined-and-snake') table.set(field.toLowerCase(), field);
  }
  for (const [alias, field] of Object.entries(options.aliases ?? {})) table.set(alias, field);
  return table;
}

function unknownKey(path: ShapePath, key: string, options: DefinitionRecordOptions) {
  const full = path === '' ? key : `${path}.${key}`;
  const removed = options.removed?.[key.toLowerCase()];
  if (removed !== undefined) return invalid(`${full}: ${removed}`);
  return invalid(
    options.source === 'file' ? `invalid config key ${full}` : `unknown field "${full}"`,
  );
}
