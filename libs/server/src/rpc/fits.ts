/**
 * Whether a value has the form of a type. Unlike the shapes that decode what people write, these change
 * nothing and forgive nothing: the other side is this program.
 */
export type Fits = (value: unknown) => boolean;

export const isText: Fits = (value) => typeof value === 'string';
export const isFlag: Fits = (value) => typeof value === 'boolean';
export const isNumber: Fits = (value) => typeof value === 'number' && Number.isFinite(value);
/** A whole number, 0 or more. */
export const isCount: Fits = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
export const isBytes: Fits = (value) => value instanceof Uint8Array;
/** An unsigned 64-bit number. */
export const isFlags: Fits = (value) =>
  isCount(value) || (typeof value === 'bigint' && value >= 0n && value < 2n ** 64n);
/** An object whose inside is looked at by whoever takes it. */
export const isObject: Fits = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isBytes(value);

export function orNull(fits: Fits): Fits {
  return (value) => value === null || fits(value);
}

/** Absent, null, or of the form. */
export function isLoose(fits: Fits): Fits {
  return (value) => value === undefined || value === null || fits(value);
}

export function isList(fits: Fits): Fits {
  return (value) => Array.isArray(value) && value.every(fits);
}

export function isMap(fits: Fits): Fits {
  return (value) => isObject(value) && Object.values(value as object).every(fits);
}

/** An object with all properties of T. What it has besides does no harm. */
export function isRecord<T>(fields: { readonly [K in keyof T]-?: Fits }): Fits {
  const entries = Object.entries<Fits>(fields);
  return (value) =>
    isObject(value) &&
    entries.every(([name, fits]) => fits((value as Record<string, unknown>)[name]));
}

/** One of several objects, told apart by a property. */
export function isVariant(tag: string, variants: Readonly<Record<string, Fits>>): Fits {
  return (value) => {
    if (!isObject(value)) return false;
    const kind = (value as Record<string, unknown>)[tag];
    return typeof kind === 'string' && Object.hasOwn(variants, kind) && variants[kind]!(value);
  };
}
