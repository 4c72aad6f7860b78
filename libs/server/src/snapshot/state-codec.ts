import { invalid, MeshError } from '@mesh/base';
import type { DumpRecord } from '@mesh/state';
import { Packr, Unpackr } from 'msgpackr';

/**
 * A state as bytes: a preamble that names format and version, then frames, each behind its length in
 * four bytes, each some MessagePack values: the facts, then the records of a dump.
 */
const FORMAT = 'mesh-state v';
const VERSION = '0001';
const PREAMBLE_BYTES = FORMAT.length + VERSION.length;
const LENGTH_BYTES = 4;

/** A chunk is given out once it has so many bytes: what is encoded in well under 2 ms. */
const CHUNK_BYTES = 64 * 1024;
/** Largest frame that is believed: the largest row, and room for what goes with it. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;

const packr = new Packr({ useRecords: false });
// As log entries are decoded, but for bytes: those of all rows of a frame share its memory, which saves
// an allocation a row and is never more than the snapshot had.
const unpackr = new Unpackr({ useRecords: false, int64AsType: 'auto' as never });

/** What stands in front of the records. */
export interface StateFacts {
  /** How far the indexes of the tables are ahead of those of the log. */
  readonly indexShift: number;
}

const ROW = 0;
const TOMBSTONE = 1;
const TABLE = 2;
const HEADER = 3;
const END = 4;

/** Encodes as it is walked, some 64 KiB at a time; a row that is larger is a chunk of its own. */
export function* encodeState(
  facts: StateFacts,
  records: Iterable<DumpRecord>,
): Generator<Uint8Array> {
  const length = Buffer.alloc(LENGTH_BYTES);
  let parts: Buffer[] = [Buffer.from(FORMAT + VERSION, 'latin1'), length, packr.pack(facts)];
  let bytes = parts[2]!.length;
  const finish = (open: Buffer): Buffer => {
    open.writeUInt32BE(bytes);
    return Buffer.concat(parts);
  };
  let open = length;
  for (const record of records) {
    const packed = packr.pack(toWire(record));
    parts.push(packed);
    bytes += packed.length;
    if (bytes < CHUNK_BYTES) continue;
    yield finish(open);
    open = Buffer.alloc(LENGTH_BYTES);
    parts = [open];
    bytes = 0;
  }
  if (bytes > 0) yield finish(open);
}

/** Takes bytes as they come and gives the values of each frame that is whole. The chunks stay the caller's. */
export class StateDecoder {
  private parts: Buffer[] = [];
  private have = 0;
  private need = PREAMBLE_BYTES;
  private expects: 'preamble' | 'length' | 'frame' = 'preamble';

  /** Values of one frame after the other. Throws MeshError invalid-argument. */
  *push(chunk: Uint8Array): Generator<readonly unknown[]> {
    // A copy of its own: rows go on holding it, and who gave the chunk may use its memory again.
    this.parts.push(Buffer.from(chunk));
    this.have += chunk.length;
    while (this.have >= this.need) {
      const bytes = this.take(this.need);
      if (this.expects === 'frame') {
        this.expect('length', LENGTH_BYTES);
        yield decodeFrame(bytes);
      } else if (this.expects === 'length') {
        this.expect('frame', checkLength(bytes.readUInt32BE()));
      } else {
        checkPreamble(bytes.toString('latin1'));
        this.expect('length', LENGTH_BYTES);
      }
    }
  }

  /** Throws MeshError when the bytes end in the middle of something. */
  end(): void {
    if (this.expects !== 'length' || this.have > 0) {
      throw invalid(`snapshot: ends in the middle of its ${this.expects}`);
    }
  }

  private expect(what: 'length' | 'frame', bytes: number): void {
    this.expects = what;
    this.need = bytes;
  }

  private take(count: number): Buffer {
    const [first] = this.parts;
    const all = first!.length >= count ? first! : Buffer.concat(this.parts, this.have);
    const rest = all.subarray(count);
    if (all === first) this.parts[0] = rest;
    else this.parts = [rest];
    if (rest.length === 0) this.parts.shift();
    this.have -= count;
    return all.subarray(0, count);
  }
}

function checkPreamble(text: string): void {
  const format = text.slice(0, FORMAT.length);
  if (format !== FORMAT) throw invalid('snapshot: the state in it is not of this program');
  const version = text.slice(FORMAT.length);
  if (version !== VERSION) {
    throw invalid(`snapshot: state format ${version}; this version reads ${VERSION}`);
  }
}

function checkLength(bytes: number): number {
  if (bytes > 0 && bytes <= MAX_FRAME_BYTES) return bytes;
  throw invalid(`snapshot: a frame of ${bytes} bytes; 1 to ${MAX_FRAME_BYTES} are accepted`);
}

function decodeFrame(bytes: Buffer): readonly unknown[] {
  try {
    return unpackr.unpackMultiple(bytes) as unknown[];
  } catch (thrown) {
    throw new MeshError('invalid-argument', `snapshot: malformed data: ${String(thrown)}`);
  }
}

/** The facts, out of their value. Throws MeshError invalid-argument. */
export function decodeFacts(value: unknown): StateFacts {
  const { indexShift } = (value ?? {}) as Partial<StateFacts>;
  if (!Number.isSafeInteger(indexShift) || indexShift! < 0) {
    throw invalid(`snapshot: indexShift ${String(indexShift)} is no whole number from 0`);
  }
  return { indexShift: indexShift! };
}

function toWire(record: DumpRecord): readonly unknown[] {
  switch (record.kind) {
    case 'row':
      return [ROW, record.change, record.row];
    case 'tombstone':
      return record.index === undefined
        ? [TOMBSTONE, record.change, record.id]
        : [TOMBSTONE, record.change, record.id, record.index, record.key];
    case 'table':
      return [TABLE, record.name, record.reapFloor, record.indexReapFloors];
    case 'header':
      return [HEADER, record.index, record.indexFloor];
    case 'end':
      return [END, record.records];
  }
}

/**
 * A record out of its value. What its fields hold is up to Restore.add. Throws MeshError
 * invalid-argument for what is no record.
 */
export function decodeRecord(value: unknown): DumpRecord {
  if (!Array.isArray(value)) throw invalid('snapshot: a record is no list');
  const [kind, first, second, third, fourth] = value;
  switch (kind) {
    case ROW:
      return { kind: 'row', change: first, row: second };
    case TOMBSTONE:
      return third === undefined
        ? { kind: 'tombstone', change: first, id: second }
        : { kind: 'tombstone', change: first, id: second, index: third, key: fourth };
    case TABLE:
      return { kind: 'table', name: first, reapFloor: second, indexReapFloors: third };
    case HEADER:
      return { kind: 'header', index: first, indexFloor: second };
    case END:
      return { kind: 'end', records: first };
    default:
      throw invalid(`snapshot: unknown kind of record ${String(kind)}`);
  }
}
