import { MeshError } from '../errors.ts';
import { mismatch, type Shape, type ShapePath } from './shape.ts';

export interface RecordOptions {
  /** What to do with a key that no field claims. @default 'ignore' (as the HTTP API does) */
  readonly unknown?: 'ignore' | 'refuse';
  /** Accept `service_name` for `ServiceName`. @default true */
  readonly snakeCase?: boolean;
  /** Further accepted names: lower-cased alias -> field name. */
  readonly aliases?: Readonly<Record<string, string>>;
}

export type RecordOf<F extends Readonly<Record<string, Shape<unknown>>>> = {
  [K in keyof F]: F[K] extends Shape<infer T> ? T : never;
};

/**
 * An object with the given fields. Every field is decoded, an absent one as null, so that its shape
 * supplies the default. Where two spellings of a field are present the later one wins.
 */
export function record<F extends Readonly<Record<string, Shape<unknown>>>>(
  fields: F,
  options: RecordOptions = {},
): Shape<RecordOf<F>> {
  const byName = nameTable(Object.keys(fields), options);
  return {
    decode(value: unknown, path: ShapePath): RecordOf<F> {
      if (value === null || typeof value !== 'object' || Array.isArray(value)) {
        throw mismatch(path, 'an object', value);
      }
      const found = new Map<string, unknown>();
      for (const [key, element] of Object.entries(value)) {
        const field = byName.get(key.toLowerCase());
        if (field !== undefined) found.set(field, element);
        else if (options.unknown === 'refuse') throw unknownKey(path, key);
      }
      const out: Record<string, unknown> = {};
      for (const [field, inner] of Object.entries(fields)) {
        out[field] = inner.decode(found.get(field), path === '' ? field : `${path}.${field}`);
      }
      return out as RecordOf<F>;
    },
  };
}

function nameTable(fields: readonly string[], options: RecordOptions): Map<string, string> {
  const table = new Map<string, string>();
  for (const field of fields) {
    table.set(field.toLowerCase(), field);
    if (options.snakeCase !== false) table.set(snakeCase(field), field);
  }
  for (const [alias, field] of Object.entries(options.aliases ?? {})) table.set(alias, field);
  return table;
}

/** `TLSSkipVerify` -> `tls_skip_verify`, `ServiceID` -> `service_id`. */
export function snakeCase(name: string): string {
  return name
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

function unknownKey(path: ShapePath, key: string): MeshError {
  return new MeshError(
    'invalid-argument',
    `invalid config key ${path === '' ? key : `${path}.${key}`}`,
  );
}
