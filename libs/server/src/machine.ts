import { invalid, MeshError } from '@mesh/base';
import type { StateMachine } from '@mesh/raft';
import type { DumpRecord, Restore, StateStore } from '@mesh/state';
import { Packr, Unpackr } from 'msgpackr';
import type { Fsm } from './fsm.ts';

const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false, copyBuffers: true, int64AsType: 'auto' as never });

/** A chunk of a captured state is given out once it has so many bytes. */
const CHUNK_BYTES = 64 * 1024;
/** Largest record that is believed: what a log entry may hold, and room for what goes with it. */
const MAX_RECORD_BYTES = 16 * 1024 * 1024;
const LENGTH_BYTES = 4;

/** The state machine with its snapshots: records of a dump, each behind its length in four bytes. */
export function stateMachine(fsm: Pick<Fsm, 'apply'>, store: StateStore): StateMachine {
  return {
    apply: (entries) => fsm.apply(entries),
    capture: () => encode(store.dump(store.view())),
    restore: async (chunks) => {
      const restore = store.restore();
      let rest: Buffer = Buffer.alloc(0);
      for await (const chunk of chunks) {
        rest = addRecords(
          restore,
          rest.length === 0 ? toBuffer(chunk) : Buffer.concat([rest, chunk]),
        );
      }
      if (rest.length > 0) throw invalid('snapshot: it ends in the middle of a record');
      restore.finish();
    },
  };
}

function* encode(records: Iterable<DumpRecord>): Generator<Uint8Array> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for (const record of records) {
    const body = packr.pack(record);
    const length = Buffer.allocUnsafe(LENGTH_BYTES);
    length.writeUInt32BE(body.length);
    parts.push(length, body);
    bytes += LENGTH_BYTES + body.length;
    if (bytes < CHUNK_BYTES) continue;
    yield Buffer.concat(parts, bytes);
    parts = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(parts, bytes);
}

/** Takes the whole records; returns what is left. */
function addRecords(restore: Restore, bytes: Buffer): Buffer {
  let at = 0;
  while (bytes.length - at >= LENGTH_BYTES) {
    const length = bytes.readUInt32BE(at);
    if (length > MAX_RECORD_BYTES) throw invalid(`snapshot: a record of ${length} bytes`);
    const end = at + LENGTH_BYTES + length;
    if (bytes.length < end) break;
    addRecord(restore, bytes.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return bytes.subarray(at);
}

function addRecord(restore: Restore, bytes: Buffer): void {
  try {
    const record: unknown = unpackr.unpack(bytes);
    if (typeof record !== 'object' || record === null) throw invalid('snapshot: not a record');
    restore.add(record as DumpRecord);
  } catch (thrown) {
    // Schemas trust the rows that they make keys of.
    throw thrown instanceof MeshError
      ? thrown
      : invalid(`snapshot: a bad record: ${String(thrown)}`);
  }
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
