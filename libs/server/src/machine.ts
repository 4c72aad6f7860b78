import { invalid } from '@mesh/base';
import type { StateMachine } from '@mesh/raft';
import type { DumpRecord, StateStore } from '@mesh/state';
import { Packr, Unpackr } from 'msgpackr';
import type { Fsm } from './fsm.ts';

const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false, copyBuffers: true, int64AsType: 'auto' as never });

/** Records in one frame of a captured state. */
const FRAME_RECORDS = 64;

/** The state machine with its snapshots: frames of records, each behind its length in four bytes. */
export function stateMachine(fsm: Fsm, store: StateStore): StateMachine {
  return {
    apply: (entries) => fsm.apply(entries),
    capture: () => frames(store.dump(store.view())),
    restore: async (chunks) => {
      const restore = store.restore();
      let rest: Buffer = Buffer.alloc(0);
      for await (const chunk of chunks) {
        rest = Buffer.concat([rest, chunk]);
        while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
          const end = 4 + rest.readUInt32BE(0);
          for (const record of unpackr.unpack(rest.subarray(4, end)) as DumpRecord[]) {
            restore.add(record);
          }
          rest = rest.subarray(end);
        }
      }
      if (rest.length > 0) throw invalid('the snapshot ends in the middle of a frame');
      restore.finish();
    },
  };
}

function* frames(records: Iterable<DumpRecord>): Generator<Uint8Array> {
  let pending: DumpRecord[] = [];
  for (const record of records) {
    pending.push(record);
    if (pending.length < FRAME_RECORDS) continue;
    yield frame(pending);
    pending = [];
  }
  if (pending.length > 0) yield frame(pending);
}

function frame(records: readonly DumpRecord[]): Uint8Array {
  const body = packr.pack(records);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}
