import { type Logger, type LogValue, noMetrics, silentLogger, type Timers } from '@mesh/base';
import { CoordinateBatcher } from './batcher.ts';
import { originCoordinate } from './distance.ts';
import type { NodeCoordinate } from './types.ts';

/** Timers that fire when told. */
class ManualTimers implements Timers {
  private pending: { delayMs: number; callback: () => void }[] = [];

  get delaysMs(): readonly number[] {
    return this.pending.map(({ delayMs }) => delayMs);
  }

  after(delayMs: number, callback: () => void) {
    const timer = { delayMs, callback };
    this.pending.push(timer);
    return {
      cancel: () => {
        this.pending = this.pending.filter((each) => each !== timer);
      },
    };
  }

  fire(): void {
    const due = this.pending;
    this.pending = [];
    for (const { callback } of due) callback();
  }
}

function update(Node: string, error = 1, Segment = ''): NodeCoordinate {
  return { Node, Segment, Coord: { ...originCoordinate(), Error: error } };
}

async function world(propose?: () => Promise<unknown>) {
  const timers = new ManualTimers();
  const batches: (readonly NodeCoordinate[])[] = [];
  const warnings: Readonly<Record<string, LogValue>>[] = [];
  const logger: Logger = {
    ...silentLogger,
    warn: (_message, fields = {}) => warnings.push(fields),
  };
  const batcher = new CoordinateBatcher({
    timers,
    logger,
    metrics: noMetrics,
    propose: (updates) => {
      batches.push(updates);
      return propose?.() ?? Promise.resolve();
    },
  });
  await batcher.start();
  return { timers, batches, warnings, batcher };
}

test('writes what came in a period as one batch, the last update of a node', async () => {
  const { timers, batches, batcher } = await world();
  batcher.add(update('a', 1));
  batcher.add(update('b', 1));
  batcher.add(update('A', 0.5));
  batcher.add(update('a', 0.7, 'segment'));
  expect(timers.delaysMs).toEqual([5000]);
  expect(batches).toEqual([]);
  timers.fire();
  expect(batches).toEqual([[update('A', 0.5), update('b', 1), update('a', 0.7, 'segment')]]);
  expect(timers.delaysMs).toEqual([]);
  batcher.add(update('a'));
  timers.fire();
  expect(batches).toHaveLength(2);
});

test('splits into five batches of 128 and drops the rest, loudly', async () => {
  const { timers, batches, warnings, batcher } = await world();
  for (let nth = 0; nth < 700; nth++) batcher.add(update(`n${nth}`));
  batcher.add(update('n0', 0.1));
  expect(batcher.size).toBe(640);
  timers.fire();
  expect(batches.map((batch) => batch.length)).toEqual([128, 128, 128, 128, 128]);
  expect(batches[0]?.[0]?.Coord.Error).toBe(0.1);
  expect(warnings).toEqual([{ dropped: 60 }]);
});

test('takes nothing before start or after stop, and stop cancels the flush', async () => {
  const { timers, batches, batcher } = await world();
  batcher.add(update('a'));
  await batcher.stop();
  await batcher.stop();
  batcher.add(update('b'));
  expect(timers.delaysMs).toEqual([]);
  timers.fire();
  expect(batches).toEqual([]);
  await batcher.start();
  batcher.add(update('c'));
  timers.fire();
  expect(batches).toEqual([[update('c')]]);
});

test('a batch that fails is logged and lost', async () => {
  const { timers, warnings, batcher } = await world(() => Promise.reject(new Error('no leader')));
  batcher.add(update('a'));
  timers.fire();
  await Promise.resolve();
  await Promise.resolve();
  expect(warnings).toEqual([{ error: 'no leader' }]);
});
