/** User restores through the log: the same on every server, whatever happens in between. */

import { deflateRawSync } from 'node:zlib';
import { MANAGE_ALL } from '@mesh/acl';
import { kvApply, kvGet } from '@mesh/kv';
import type { Dependencies } from '@mesh/state';
import { callRoute } from '@mesh/testkit';
import fc from 'fast-check';
import { histories } from '../testing/histories.ts';
import { comparable, Replica, ReplicaLeader } from '../testing/replica.ts';
import { chunkEntry, endEntry } from './commands.ts';
import { MAX_CHUNK_BYTES } from './types.ts';

const put = (leader: ReplicaLeader, key: string, text = 'v') => {
  const value = new TextEncoder().encode(text);
  return leader.write(kvApply, { op: 'set', key, value, flags: 0 });
};
const get = ({ replica: { store } }: ReplicaLeader, key: string) => {
  const view = store.trackingView();
  const pair = kvGet.run(view, { key } as never, {
    authorizer: MANAGE_ALL,
    datacenter: 'dc1',
    nowMs: 0,
  });
  return { pair, dependencies: view.dependencies() };
};
const endpointsOf = (leader: ReplicaLeader) => leader.replica.snapshots.endpoints;

const packed = (bytes: Uint8Array) => ({ size: bytes.length, data: deflateRawSync(bytes) });

/** Sends a state piece by piece, in pieces of this size; the entry of its end is not written yet. */
async function begin(
  leader: ReplicaLeader,
  state: Buffer,
  id: string,
  size = 997,
): Promise<number> {
  const { begin, chunk } = endpointsOf(leader);
  const count = Math.ceil(state.length / size);
  await leader.write(begin, { id, bytes: state.length, chunks: count });
  for (let seq = 0; seq < count; seq++) {
    const data = state.subarray(seq * size, (seq + 1) * size);
    await leader.write(chunk, { id, seq, ...packed(data) });
  }
  return count;
}

async function restore(leader: ReplicaLeader, state: Buffer, id = 'r'): Promise<number> {
  const count = await begin(leader, state, id);
  return leader.write(endpointsOf(leader).end, { id, count });
}

async function leaderWith(...keys: readonly string[]): Promise<ReplicaLeader> {
  const leader = new ReplicaLeader(callRoute);
  for (const key of keys) await put(leader, key);
  return leader;
}

/** A replica that has nothing but the log. */
function replayed(leader: ReplicaLeader): Replica {
  const replica = new Replica();
  expect(comparable(replica.fsm.apply(leader.log))).toEqual(comparable(leader.outcomes));
  return replica;
}

function expectSame(one: Replica, other: Replica): void {
  expect(one.bytes().equals(other.bytes())).toBe(true);
}

const restoreTables = ({ store }: Replica) => {
  const rows: object[] = [];
  let table = '';
  for (const record of store.dump(store.view())) {
    if (record.kind === 'table') table = record.name;
    else if (record.kind !== 'end' && table.startsWith('snapshot_')) rows.push(record);
  }
  return rows;
};

describe('a restore', () => {
  it('puts the saved state in the place of all that was there', async () => {
    const source = await leaderWith('a', 'b', 'c');
    const saved = source.replica.saved();
    const leader = await leaderWith('a', 'x', 'y', 'z', 'a');
    const index = await restore(leader, saved);
    expect(get(leader, 'a').pair).toEqual(get(source, 'a').pair);
    expect(get(leader, 'c').pair).toMatchObject({ CreateIndex: 3, ModifyIndex: 3 });
    expect(get(leader, 'x').pair).toBeUndefined();
    expect(index).toBe(leader.log.length);
    expect(leader.replica.store.view().index).toBe(index);
    expect(restoreTables(leader.replica)).toEqual([]);
    // Saved again it is the same, but for the index of the whole.
    const again = await leaderWith();
    await restore(again, leader.replica.saved());
    expect(get(again, 'c').pair).toEqual(get(source, 'c').pair);
    expectSame(replayed(leader), leader.replica);
  });

  it('moves every index forward, to that of its end, and never backward', async () => {
    const source = await leaderWith('a', 'b');
    const leader = await leaderWith(...Array.from({ length: 30 }, (_, at) => `k${at}`));
    const before = ['a', 'k1', 'k29', 'none'].map((key) => [key, get(leader, key)] as const);
    const index = await restore(leader, source.replica.saved());
    for (const [key, { dependencies }] of before) {
      expect(get(leader, key).dependencies.index).toBe(index);
      expect(leader.replica.store.changed(dependencies)).toBe(true);
    }
    await put(leader, 'a', 'new');
    expect(get(leader, 'a').dependencies.index).toBe(index + 1);
    expect(get(leader, 'b').dependencies.index).toBe(index);
    // Reaping what went before does not change that.
    await leader.write(leader.replica.reaping.endpoint, { index: index + 1 });
    expect(get(leader, 'none').dependencies.index).toBe(index);
  });

  it('of a longer log goes on behind it: no index comes twice', async () => {
    const source = await leaderWith(...Array.from({ length: 500 }, (_, at) => `k${at}`));
    const leader = await leaderWith('x');
    const index = await restore(leader, source.replica.saved());
    expect(index).toBe(501);
    expect(get(leader, 'k499').pair).toMatchObject({ ModifyIndex: 500 });
    await put(leader, 'k1', 'new');
    expect(get(leader, 'k1').pair).toMatchObject({ CreateIndex: 2, ModifyIndex: 502 });
    const shifted = replayed(leader);
    expectSame(shifted, leader.replica);
    // The shift is part of snapshots of the log.
    const installed = new Replica();
    await installed.restore(leader.replica.bytes());
    await put(leader, 'k2', 'new');
    for (const replica of [shifted, installed]) {
      replica.fsm.apply(leader.log.slice(-1));
      expectSame(replica, leader.replica);
    }
    // But not of those of users: there is nothing to be ahead of.
    const fresh = new ReplicaLeader(callRoute);
    await restore(fresh, leader.replica.saved());
    expect(get(fresh, 'k2').pair).toMatchObject({ ModifyIndex: 503 });
  });

  it('wakes every watch', async () => {
    const source = await leaderWith('a');
    const leader = await leaderWith('a', 'b');
    const watched: Dependencies[] = ['a', 'b', 'none'].map((key) => get(leader, key).dependencies);
    let woken = 0;
    const count = await begin(leader, source.replica.saved(), 'r');
    for (const dependencies of watched) {
      leader.replica.store.watch(dependencies, () => {
        woken++;
      });
    }
    expect(woken).toBe(0);
    const causes: string[] = [];
    leader.replica.fsm.onRestore((cause) => {
      causes.push(cause);
    });
    await leader.write(endpointsOf(leader).end, { id: 'r', count });
    expect(woken).toBe(3);
    expect(causes).toEqual(['user-snapshot']);
  });

  it('takes pieces in any order, and again', async () => {
    const source = await leaderWith('a', 'b', 'c');
    const saved = source.replica.saved();
    const leader = await leaderWith('x');
    const size = 50;
    const chunks = Math.ceil(saved.length / size);
    const { begin, chunk, end } = endpointsOf(leader);
    await leader.write(begin, { id: 'r', bytes: saved.length, chunks });
    const order = Array.from({ length: chunks }, (_, at) => (at * 7 + 3) % chunks);
    for (const seq of [...new Set([...order, ...Array(chunks).keys()]), 0, 1]) {
      const data = saved.subarray(seq * size, (seq + 1) * size);
      expect(await leader.write(chunk, { id: 'r', seq, ...packed(data) })).toBe(true);
    }
    await leader.write(end, { id: 'r', count: chunks });
    expect(get(leader, 'c').pair).toBeDefined();
    expectSame(replayed(leader), leader.replica);
  });

  it('loses what is written between its begin and its end', async () => {
    const source = await leaderWith('a');
    const leader = await leaderWith();
    const count = await begin(leader, source.replica.saved(), 'r');
    await put(leader, 'meanwhile');
    expect(get(leader, 'meanwhile').pair).toBeDefined();
    await leader.write(endpointsOf(leader).end, { id: 'r', count });
    expect(get(leader, 'meanwhile').pair).toBeUndefined();
  });
});

describe('what is refused', () => {
  let leader: ReplicaLeader;
  let saved: Buffer;
  beforeEach(async () => {
    leader = await leaderWith('kept');
    saved = (await leaderWith('a', 'b')).replica.saved();
  });
  afterEach(() => {
    expect(get(leader, 'kept').pair).toBeDefined();
    expectSame(replayed(leader), leader.replica);
  });
  const refusal = (work: Promise<unknown>, code: string, message: string) =>
    expect(work).rejects.toMatchObject({ code, message: expect.stringContaining(message) });

  it.each<[string, (bytes: Buffer) => Buffer, string]>([
    ['is torn', (bytes) => bytes.subarray(0, bytes.length - 3), 'ends in the middle'],
    ['is nothing of the kind', () => Buffer.from('x'.repeat(5000)), 'not of this program'],
    [
      'is of another version',
      (bytes) => Buffer.from(bytes.toString('latin1').replace('v0001', 'v0009'), 'latin1'),
      'state format 0009',
    ],
    [
      'has a table that nobody knows',
      (bytes) =>
        Buffer.from(bytes.toString('latin1').replace('kv-lock-delays', 'kv-lock-delayz'), 'latin1'),
      'unknown table "kv-lock-delayz"',
    ],
  ])('a state that %s: the end says so and drops it', async (_what, change, message) => {
    const before = leader.replica.store.view().index;
    await refusal(restore(leader, change(saved)), 'invalid-argument', message);
    // Its rows are gone; what is left are tombstones, for a while.
    const { index } = leader.replica.store.view();
    expect(index).toBe(leader.log.length);
    expect(index).toBeGreaterThan(before);
    expect(restoreTables(leader.replica).filter((row) => 'row' in row)).toEqual([]);
    const { end } = endpointsOf(leader);
    await refusal(leader.write(end, { id: 'r', count: 1 }), 'conflict', 'no longer under way');
    await restore(leader, (await leaderWith('kept')).replica.saved());
  });

  it('the tables of restores in a state of users', async () => {
    const source = await leaderWith('a');
    await begin(source, saved, 'r');
    const withTables = source.replica.bytes();
    expect(withTables.length).toBeGreaterThan(source.replica.saved().length);
    await refusal(restore(leader, withTables), 'invalid-argument', 'unknown table "snapshot_');
  });

  it('pieces of a restore that another took the place of', async () => {
    await begin(leader, saved, 'first');
    const count = await begin(leader, saved, 'second');
    const { chunk, end, abort } = endpointsOf(leader);
    const data = saved.subarray(0, 10);
    await refusal(
      leader.write(chunk, { id: 'first', seq: 0, ...packed(data) }),
      'conflict',
      'no longer',
    );
    await refusal(leader.write(end, { id: 'first', count }), 'conflict', 'no longer under way');
    expect(await leader.write(abort, { id: 'first' })).toBe(false);
    expect(await leader.write(abort, { id: 'second' })).toBe(true);
    await refusal(leader.write(end, { id: 'second', count }), 'conflict', 'no longer under way');
  });

  it('an end before all is there', async () => {
    const { begin: start, chunk, end } = endpointsOf(leader);
    await leader.write(start, { id: 'r', bytes: saved.length, chunks: 2 });
    await leader.write(chunk, { id: 'r', seq: 1, ...packed(saved.subarray(100)) });
    const early = leader.write(end, { id: 'r', count: 2 });
    await refusal(early, 'invalid-argument', 'ended with 1 of 2 pieces');
    await refusal(leader.write(end, { id: 'r', count: 2 }), 'conflict', 'no longer under way');
  });

  it('pieces that cannot be', async () => {
    const { begin: start, chunk } = endpointsOf(leader);
    await leader.write(start, { id: 'r', bytes: 20, chunks: 2 });
    const send = (seq: number, size: number, data: unknown = Buffer.of(1)) =>
      leader.write(chunk, { id: 'r', seq, size, data: data as Uint8Array });
    await refusal(send(2, 1), 'invalid-argument', 'piece 2 of 2');
    await refusal(send(-1, 1), 'invalid-argument', 'seq -1');
    await refusal(send(0, MAX_CHUNK_BYTES + 1), 'invalid-argument', 'size 262145');
    await refusal(send(0, 1, 'text'), 'invalid-argument', 'data is no bytes');
    await refusal(send(0, 1, new Uint8Array(0)), 'invalid-argument', 'a piece of 0 bytes');
    const large = new Uint8Array(MAX_CHUNK_BYTES + 1);
    await refusal(send(0, 1, large), 'invalid-argument', 'a piece of 262145 bytes');
    await refusal(send(0, 21), 'invalid-argument', 'more than the 20 bytes');
    await send(0, 5);
    await refusal(send(0, 6), 'invalid-argument', 'piece 0 twice');
    await refusal(send(1, 16), 'invalid-argument', 'more than the 20 bytes');
  });

  it.each<[string, Buffer, number]>([
    ['garbage', Buffer.from('ffffffff', 'hex'), 20],
    ['more than they say', deflateRawSync(Buffer.alloc(21)), 20],
    ['less than they say', deflateRawSync(Buffer.alloc(19)), 20],
    ['a thousand times more', deflateRawSync(Buffer.alloc(200_000)), 20],
  ])('pieces that hold %s', async (_what, data, size) => {
    const { begin: start, chunk, end } = endpointsOf(leader);
    await leader.write(start, { id: 'r', bytes: size, chunks: 1 });
    await leader.write(chunk, { id: 'r', seq: 0, size, data });
    const ended = leader.write(end, { id: 'r', count: 1 });
    await refusal(ended, 'invalid-argument', 'piece 0 does not hold the 20 bytes');
  });

  it('what is larger than the limit, before anything is sent', async () => {
    const limited = new ReplicaLeader(callRoute, new Replica(1000));
    const begun = limited.write(endpointsOf(limited).begin, { id: 'r', bytes: 1001, chunks: 1 });
    await refusal(begun, 'too-large', 'has 1001 bytes; at most 1000 are restored');
    expect(limited.log).toHaveLength(0);
  });

  it('ids that are none', async () => {
    for (const id of ['', 'x'.repeat(65), 'a\0b', 7 as never]) {
      const begun = leader.write(endpointsOf(leader).begin, { id, bytes: 1, chunks: 1 });
      await refusal(begun, 'invalid-argument', 'id must be a text');
    }
  });
});

it('a glance at its beginning tells whether a state can be restored', async () => {
  const { replica } = await leaderWith('a', 'b');
  const saved = replica.saved();
  const other = new Replica();
  const before = other.bytes();
  const glance = (bytes: Uint8Array) => {
    const looking = other.snapshots.glance();
    for (let at = 0; at < bytes.length; at += 10) looking.push(bytes.subarray(at, at + 10));
    looking.end();
  };
  glance(saved);
  expect(() => glance(saved.subarray(0, 30))).toThrow('ends in the middle');
  expect(() => glance(Buffer.from('something else entirely'))).toThrow('not of this program');
  expect(other.bytes().equals(before)).toBe(true);
});

/** How a server of the cluster came to where it is, entry by entry. */
const fates = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    kind: fc.constantFrom('restart', 'installed' as const),
  }),
  { maxLength: 4 },
);

/** Applies a log with interruptions; a server that is installed gets the state of one that was not. */
async function lived(
  leader: ReplicaLeader,
  fate: readonly { readonly at: number; readonly kind: string }[],
): Promise<Replica> {
  const { log } = leader;
  let replica = new Replica();
  let applied = 0;
  for (const { at, kind } of [...fate].sort((a, b) => a.at - b.at)) {
    const next = Math.max(applied, Math.floor(log.length * at));
    replica.fsm.apply(log.slice(applied, next));
    applied = next;
    const captured = replica.bytes();
    if (kind === 'restart') replica = new Replica();
    await replica.restore(captured, 500);
    expect(replica.bytes().equals(captured)).toBe(true);
  }
  replica.fsm.apply(log.slice(applied));
  return replica;
}

it('servers do not diverge, restarted or installed from a snapshot at any point', async () => {
  const sizes = fc.integer({ min: 20, max: 3000 });
  await fc.assert(
    fc.asyncProperty(
      histories,
      histories,
      sizes,
      fc.constantFrom('whole', 'torn', 'changed', 'superseded'),
      fates,
      async (before, after, size, how, fate) => {
        const source = new ReplicaLeader(callRoute);
        await source.run(before);
        const saved = source.replica.saved();
        const sent = how === 'torn' ? saved.subarray(0, saved.length - 1) : saved;
        const leader = new ReplicaLeader(callRoute);
        await leader.run(after.slice(0, 10));
        if (how === 'superseded') await begin(leader, saved, 'other', size);
        const count = await begin(leader, sent, 'r', size);
        for (const step of after.slice(10, 20)) await leader.perform(step);
        if (how === 'changed')
          leader.propose(chunkEntry, { id: 'r', seq: 0, ...packed(Buffer.of(1)) });
        leader.propose(endEntry, { id: 'r', count });
        for (const step of after.slice(20)) await leader.perform(step);
        const ended = leader.outcomes.find((outcome) => typeof outcome === 'number');
        expect(ended === undefined).toBe(how === 'torn');
        expectSame(await lived(leader, fate), leader.replica);
      },
    ),
    { numRuns: 100 },
  );
});
