import { Packr, Unpackr } from 'msgpackr';

/** A command as it stands in the log. */
export interface CommandEntry {
  readonly type: string;
  readonly proposedAtMs: number;
  readonly payload: unknown;
}

const packr = new Packr({ useRecords: false });
// A decoded value must not pin the batch that it came in, hence the copy; a 64-bit flag must keep its bits
// ('auto': a bigint only where a number would lose some; the package's types do not list it yet).
const unpackr = new Unpackr({ useRecords: false, copyBuffers: true, int64AsType: 'auto' as never });

/** MessagePack of [type, proposedAtMs, payload]. */
export function encodeEntry(entry: CommandEntry): Uint8Array {
  return packr.pack([entry.type, entry.proposedAtMs, entry.payload]);
}

/** Inverse of encodeEntry. Binary values come out as plain Uint8Array or a subclass of it. */
export function decodeEntry(data: Uint8Array): CommandEntry {
  const [type, proposedAtMs, payload] = unpackr.unpack(data) as [string, number, unknown];
  return { type, proposedAtMs, payload };
}
