import { deflateRawSync } from 'node:zlib';
import { callRoute, ManualTimers } from '@mesh/testkit';
import { ReplicaLeader } from '../testing/replica.ts';
import { AbandonedRestores } from './abandoned-restores.ts';
import { PENDING, pendingRestores, snapshotChunks } from './table.ts';

const MINUTE_MS = 60_000;
let timers: ManualTimers;
let leader: ReplicaLeader;
let duty: AbandonedRestores;
let refusing: boolean;

const left = () => leader.replica.store.view().count(snapshotChunks);
const begin = (id: string) =>
  leader.write(leader.replica.snapshots.endpoints.begin, { id, bytes: 100, chunks: 100 });
const piece = (id: string, seq: number) => {
  const data = deflateRawSync(Buffer.alloc(1));
  return leader.write(leader.replica.snapshots.endpoints.chunk, { id, seq, size: 1, data });
};

beforeEach(async () => {
  timers = new ManualTimers();
  leader = new ReplicaLeader(callRoute);
  refusing = false;
  const clock = { nowMs: () => timers.nowMs, monotonicMs: () => timers.nowMs };
  duty = new AbandonedRestores({ clock, timers }, leader.replica.store, async (id) => {
    if (refusing) throw new Error('no leader');
    return leader.write(leader.replica.snapshots.endpoints.abort, { id });
  });
  await duty.start();
});

it('a restore that stands still is dropped, with its pieces', async () => {
  await begin('r');
  await piece('r', 0);
  await timers.advance(9 * MINUTE_MS);
  expect(left()).toBe(1);
  await timers.advance(3 * MINUTE_MS);
  expect(left()).toBe(0);
  expect(leader.replica.store.view().get(pendingRestores, PENDING)).toBeUndefined();
  await expect(piece('r', 1)).rejects.toMatchObject({ code: 'conflict' });
});

it('one that goes on is left alone, however long it takes; so is one that takes its place', async () => {
  await begin('r');
  for (let seq = 0; seq < 20; seq++) {
    await piece('r', seq);
    await timers.advance(5 * MINUTE_MS);
  }
  expect(left()).toBe(20);
  await timers.advance(4 * MINUTE_MS);
  await begin('r');
  await timers.advance(4 * MINUTE_MS);
  expect(await piece('r', 0)).toBe(true);
});

it('is tried again until it is written; nothing is written while there is nothing to drop', async () => {
  await timers.advance(60 * MINUTE_MS);
  expect(leader.log).toHaveLength(0);
  await begin('r');
  refusing = true;
  await timers.advance(20 * MINUTE_MS);
  expect(leader.log).toHaveLength(1);
  refusing = false;
  await timers.advance(MINUTE_MS);
  expect(leader.log).toHaveLength(2);
  await timers.advance(60 * MINUTE_MS);
  expect(leader.log).toHaveLength(2);
});

it('a former leader looks no more', async () => {
  await begin('r');
  await timers.advance(5 * MINUTE_MS);
  await duty.stop();
  expect(timers.pending).toBe(0);
  // Who leads again counts from then on.
  await duty.start();
  await timers.advance(8 * MINUTE_MS);
  expect(leader.log).toHaveLength(1);
  await duty.stop();
});
