import {
  flag,
  formatDuration,
  invalid,
  list,
  mismatch,
  type RecordOf,
  record,
  refine,
  requireDuration,
  type Shape,
  text,
  whole,
} from '@mesh/base';

type Fields = Readonly<Record<string, Shape<unknown>>>;

/** Fields that clients send back as they read them. */
const INDEXES = { CreateIndex: whole, ModifyIndex: whole };

/** An object with these fields and no others; what is unset is left out of the result. */
export function part<F extends Fields>(fields: F): Shape<Partial<RecordOf<F>>> {
  return refine(block(record(fields, { unknown: 'refuse' })), withoutUnset);
}

/** A whole entry: Kind, Name and these fields. Unset ones stay, as each kind writes them. */
export function entry<F extends Fields>(fields: F): Shape<RecordOf<F> & { Name: string }> {
  const all = { Kind: text, Name: text, Namespace: namespace, ...INDEXES, ...fields };
  return refine(record(all, { unknown: 'refuse' }), (raw) => {
    const { Kind: _kind, Namespace: _ns, CreateIndex: _c, ModifyIndex: _m, ...rest } = raw;
    return rest as unknown as RecordOf<F> & { Name: string };
  });
}

/** T, or {} where nothing stands. */
export function orEmpty<T extends object>(inner: Shape<T>): Shape<Partial<T>> {
  return orElse<Partial<T>>(inner, {});
}

/** T, or the other where nothing stands. */
export function orElse<T>(inner: Shape<T>, otherwise: T): Shape<T> {
  return {
    decode: (value, path) => {
      return value === null || value === undefined ? otherwise : inner.decode(value, path);
    },
  };
}

/** A list of T; in HCL one block alone is one of one. */
export function parts<T>(inner: Shape<T>): Shape<readonly T[]> {
  const several = list(inner);
  return {
    decode: (value, path) => {
      const isAlone = value !== null && typeof value === 'object' && !Array.isArray(value);
      return several.decode(isAlone ? [value] : value, path) ?? [];
    },
  };
}

/** A map from a name to T; in HCL several blocks may make it together. */
export function named<T>(inner: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return {
    decode: (value, path) => {
      const found: Record<string, T> = Object.create(null);
      for (const object of Array.isArray(value) ? value : [value ?? {}]) {
        if (object === null || typeof object !== 'object') {
          throw mismatch(path, 'an object', object);
        }
        for (const [key, element] of Object.entries(object)) {
          found[key] = inner.decode(element, `${path}.${key}`);
        }
      }
      return { ...found };
    },
  };
}

/** Texts; one alone is no list. */
export const texts: Shape<readonly string[]> = refine(list(text), (values) => values ?? []);

/** A duration, as text or as nanoseconds, written as Go does; '' where there is none. */
export const duration: Shape<string> = {
  decode: (value, path) => {
    if (value === null || value === undefined || value === '' || value === 0) return '';
    const ms =
      typeof value === 'number' ? value / 1e6 : requireDuration(path, text.decode(value, path));
    if (ms < 0) throw invalid(`Bad ${path} '${formatDuration(ms)}', must be >= 0`);
    return formatDuration(ms);
  },
};

/** There is one namespace. */
export const namespace: Shape<string> = {
  decode: (value, path) => {
    const name = text.decode(value, path);
    if (name === '' || name === 'default') return name;
    throw invalid(`${path}: there is no namespace "${name}", accepted is default`);
  },
};

/** How traffic leaves the datacenter. */
export const meshGateway = orEmpty(
  part({
    Mode: refine(text, (mode, path) => {
      if (['', 'none', 'local', 'remote'].includes(mode)) return mode;
      throw invalid(
        `${path}: invalid mesh gateway mode "${mode}", accepted are none, local, remote`,
      );
    }),
  }),
);

/** Paths of a service that are reached past the mesh. */
export const expose = orEmpty(
  part({
    Checks: flag,
    Paths: parts(part({ Path: text, Protocol: text, ListenerPort: whole, LocalPathPort: whole })),
  }),
);

/** Without what is '', 0, false, absent or an empty list or map. */
export function withoutUnset<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, inner]) => !isUnset(inner)),
  ) as Partial<T>;
}

function isUnset(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) {
    return true;
  }
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** An object; in HCL it comes as a list of one. */
function block<T>(inner: Shape<T>): Shape<T> {
  return {
    decode: (value, path) =>
      inner.decode(Array.isArray(value) && value.length === 1 ? value[0] : value, path),
  };
}
