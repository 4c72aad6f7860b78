import { createRuntimeCollector } from './runtime-collector.ts';

test('reports gauges at start and each period, until stopped', async () => {
  const gauges = new Map<string, number>();
  const metrics = {
    count() {},
    sample() {},
    gauge: (name: string, value: number) => void gauges.set(name, value),
  };
  let pending: (() => void) | undefined;
  let cancelled = false;
  const timers = {
    after(_delayMs: number, callback: () => void) {
      pending = callback;
      return {
        cancel: () => {
          cancelled = true;
        },
      };
    },
  };
  const collector = createRuntimeCollector({ metrics, timers });
  await collector.start();
  await collector.start();
  expect([...gauges.keys()].sort()).toEqual([
    'runtime.alloc_bytes',
    'runtime.num_goroutines',
    'runtime.sys_bytes',
    'runtime.total_gc_pause_ns',
    'runtime.total_gc_runs',
  ]);
  expect(gauges.get('runtime.alloc_bytes')).toBeGreaterThan(1e6);
  gauges.clear();
  pending?.();
  expect(gauges.size).toBe(5);
  await collector.stop();
  expect(cancelled).toBe(true);
});
