/**
 * Shapes: typed decoding of untrusted JSON-like values (request bodies, configuration files).
 * A shape names each field once and yields the type, the check and the error text. Field names match
 * without regard to case and, unless told otherwise, also in snake_case, as the original accepts them.
 */
import { MeshError } from '../errors.ts';

/** Where in the input a value stands, for messages: `service.checks[1].interval`. */
export type ShapePath = string;

export interface Shape<T> {
  /** Decodes or throws MeshError `invalid-argument` with the path, what was found and what is accepted. */
  decode(value: unknown, path: ShapePath): T;
}

/** The type that a shape yields. */
export type ShapeOf<S> = S extends Shape<infer T> ? T : never;

/** A wrong value, told with its place: `Port: expected a whole number, got "80"`. */
export function mismatch(path: ShapePath, expected: string, got: unknown): MeshError {
  const at = path === '' ? '' : `${path}: `;
  return new MeshError('invalid-argument', `${at}expected ${expected}, got ${describe(got)}`);
}

/** Short description of a value for an error message; long texts are cut at 64 characters. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') {
    return JSON.stringify(value.length > 64 ? `${value.slice(0, 64)}...` : value);
  }
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return String(value);
}

function shape<T>(decode: (value: unknown, path: ShapePath) => T): Shape<T> {
  return { decode };
}

/** A text; null is "". */
export const text: Shape<string> = shape((value, path) => {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') throw mismatch(path, 'a text', value);
  return value;
});

/** true or false; null is false. */
export const flag: Shape<boolean> = shape((value, path) => {
  if (value === null || value === undefined) return false;
  if (typeof value !== 'boolean') throw mismatch(path, 'true or false', value);
  return value;
});

/** A whole number; null is 0. */
export const whole: Shape<number> = shape((value, path) => {
  if (value === null || value === undefined) return 0;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw mismatch(path, 'a whole number', value);
  }
  return value;
});

/** Any finite number; null is 0. */
export const number: Shape<number> = shape((value, path) => {
  if (value === null || value === undefined) return 0;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw mismatch(path, 'a number', value);
  return value;
});

/** Whatever stands there, unchecked and untouched. */
export const anything: Shape<unknown> = shape((value) => value);

/** A list; null is undefined so that a caller can tell absent from empty. */
export function list<T>(item: Shape<T>): Shape<T[] | undefined> {
  return shape((value, path) => {
    if (value === null || value === undefined) return undefined;
    if (!Array.isArray(value)) throw mismatch(path, 'a list', value);
    return value.map((element, at) => item.decode(element, `${path}[${at}]`));
  });
}

/** A map from text to T, keys kept as written. */
export function mapOf<T>(item: Shape<T>): Shape<Record<string, T> | undefined> {
  return shape((value, path) => {
    if (value === null || value === undefined) return undefined;
    if (typeof value !== 'object' || Array.isArray(value)) throw mismatch(path, 'an object', value);
    const out: Record<string, T> = Object.create(null);
    for (const [key, element] of Object.entries(value))
      out[key] = item.decode(element, `${path}.${key}`);
    return out;
  });
}

/** T, or undefined where the value is null or absent. */
export function optional<T>(inner: Shape<T>): Shape<T | undefined> {
  return shape((value, path) =>
    value === null || value === undefined ? undefined : inner.decode(value, path),
  );
}

/** T through a function: for shapes that refer to themselves, and for checks beyond the type. */
export function refine<T, U>(inner: Shape<T>, fn: (value: T, path: ShapePath) => U): Shape<U> {
  return shape((value, path) => fn(inner.decode(value, path), path));
}
