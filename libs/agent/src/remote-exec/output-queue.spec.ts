import { ManualTimers } from '@mesh/testkit';
import { OutputQueue, PIECE_BYTES } from './output-queue.ts';

function world() {
  const timers = new ManualTimers();
  const queue = new OutputQueue(timers);
  const taken: (number | undefined)[] = [];
  const next = () => void queue.next(2000).then((piece) => taken.push(piece?.length));
  const settle = () => new Promise(setImmediate);
  return { timers, queue, taken, next, settle };
}

test('a full piece goes at once, the rest when the output pauses', async () => {
  const { timers, queue, taken, next, settle } = world();
  queue.push(new Uint8Array(PIECE_BYTES + 10));
  next();
  await settle();
  expect(taken).toEqual([PIECE_BYTES]);
  next();
  await timers.advance(499);
  queue.push(new Uint8Array(5));
  await settle();
  await timers.advance(499);
  expect(taken).toEqual([PIECE_BYTES]);
  await timers.advance(1);
  expect(taken).toEqual([PIECE_BYTES, 15]);
});

test('silence is an empty piece, the end none', async () => {
  const { timers, queue, taken, next, settle } = world();
  next();
  await timers.advance(2000);
  next();
  queue.end();
  await settle();
  expect([taken, timers.pending, queue.isOver]).toEqual([[0, undefined], 0, true]);
});

test('the end sends what waits', async () => {
  const { queue, taken, next, settle } = world();
  next();
  queue.push(new Uint8Array(3));
  queue.end();
  queue.push(new Uint8Array(3));
  await settle();
  next();
  await settle();
  expect(taken).toEqual([3, undefined]);
});

test('bytes stay in order over chunks and pieces', async () => {
  const { queue } = world();
  const bytes = Uint8Array.from({ length: 3 * PIECE_BYTES + 7 }, (_, at) => at % 251);
  for (let at = 0; at < bytes.length; at += 1000) queue.push(bytes.subarray(at, at + 1000));
  expect(queue.isFull).toBe(false);
  queue.end();
  const pieces: Uint8Array[] = [];
  for (let piece = await queue.next(1); piece; piece = await queue.next(1)) pieces.push(piece);
  expect(pieces.map(({ length }) => length)).toEqual([PIECE_BYTES, PIECE_BYTES, PIECE_BYTES, 7]);
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
});

test('beyond 64 KiB the writer is to pause, until something was taken', async () => {
  const { queue } = world();
  queue.push(new Uint8Array(64 * 1024 + 1));
  expect(queue.isFull).toBe(true);
  await queue.next(1);
  expect(queue.isFull).toBe(false);
});

test('what is discarded is as silence', async () => {
  const { timers, queue, taken, next } = world();
  queue.push(new Uint8Array(9000));
  queue.discard();
  queue.push(new Uint8Array(9000));
  next();
  await timers.advance(1999);
  expect(taken).toEqual([]);
  await timers.advance(1);
  expect(taken).toEqual([0]);
});
