import type { MsgpackReader } from './msgpack-reader.ts';

/** How each field of a struct is read into its target, by its name on the wire. */
export type StructFields<T> = ReadonlyMap<string, (reader: MsgpackReader, target: T) => void>;

/** Lists the fields of a struct. */
export function structFields<T>(
  fields: Readonly<Record<string, (reader: MsgpackReader, target: T) => void>>,
): StructFields<T> {
  return new Map(Object.entries(fields));
}

/**
 * Reads a map as a Go struct: fields that are not there keep the target's value, others than the known are
 * passed over.
 */
export function readStruct<T>(reader: MsgpackReader, fields: StructFields<T>, target: T): T {
  for (let left = reader.map(); left > 0; left--) {
    const field = fields.get(reader.text());
    if (field) field(reader, target);
    else reader.skip();
  }
  return target;
}
