import type { MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';

type ReadField<T> = (reader: MsgpackReader, target: T) => void;

/** How each field of a struct is read into its target. */
export interface StructFields<T> {
  /** By its name on the wire. */
  readonly named: ReadonlyMap<string, ReadField<T>>;
  readonly ordered: readonly ReadField<T>[];
  /** In the order in which peers write them, with their names as they write those. */
  readonly sorted: readonly { readonly key: Uint8Array; readonly read: ReadField<T> }[];
}

/** Lists the fields of a struct, in the order in which the original declares them. */
export function structFields<T>(
  fields: Readonly<Record<string, (reader: MsgpackReader, target: T) => void>>,
): StructFields<T> {
  const sorted = Object.keys(fields)
    .sort()
    .map((name) => ({ key: new MsgpackWriter().text(name).finish(), read: fields[name]! }));
  return { named: new Map(Object.entries(fields)), ordered: Object.values(fields), sorted };
}

/**
 * Reads a struct: a map by names, or an array by order. Fields that are not there, or nil, keep the target's value
 * or become zero; others than the known are passed over.
 */
export function readStruct<T>(reader: MsgpackReader, fields: StructFields<T>, target: T): T {
  if (reader.isArray()) return readOrdered(reader, fields, target);
  const { named, sorted } = fields;
  let next = 0;
  for (let left = reader.map(); left > 0; left--) {
    let at = next;
    while (at < sorted.length && !reader.skipBytes(sorted[at]!.key)) at++;
    if (at < sorted.length) {
      sorted[at]!.read(reader, target);
      next = at + 1;
      continue;
    }
    // In another order, or spelt in another form, or not known.
    const field = named.get(reader.text());
    if (field) field(reader, target);
    else reader.skip();
  }
  return target;
}

function readOrdered<T>(reader: MsgpackReader, { ordered }: StructFields<T>, target: T): T {
  const count = reader.array() ?? 0;
  for (let at = 0; at < count; at++) {
    const field = ordered[at];
    if (field) field(reader, target);
    else reader.skip();
  }
  return target;
}
