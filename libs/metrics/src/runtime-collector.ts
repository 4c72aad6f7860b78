import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Component, Metrics, Timer, Timers } from '@mesh/base';

/** Twice an aggregation interval, so that each holds the gauges. */
const PERIOD_MS = 5000;

export interface RuntimeCollectorOptions {
  readonly metrics: Metrics;
  readonly timers: Timers;
}

/**
 * Reports the state of the JavaScript engine under the names that the original gives to its own runtime.
 * What has no counterpart (counts of single allocations) is left out rather than invented.
 */
export function createRuntimeCollector(options: RuntimeCollectorOptions): Component {
  return new RuntimeCollector(options);
}

class RuntimeCollector implements Component {
  readonly name = 'runtime-metrics';
  private timer: Timer | undefined;
  private observer: PerformanceObserver | undefined;
  private gcRuns = 0;
  private gcPauseMs = 0;
  private readonly options: RuntimeCollectorOptions;

  constructor(options: RuntimeCollectorOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    if (this.observer) return;
    this.observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.addCollection(entry);
    });
    this.observer.observe({ entryTypes: ['gc'] });
    this.collect();
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    this.observer?.disconnect();
    this.observer = undefined;
  }

  private addCollection(entry: PerformanceEntry): void {
    this.gcRuns++;
    this.gcPauseMs += entry.duration;
    const { detail } = entry as PerformanceEntry & { detail?: { kind?: number } };
    // Young collections are many and short; the pauses worth a sample are the major ones.
    if (detail?.kind !== constants.NODE_PERFORMANCE_GC_MAJOR) return;
    this.options.metrics.sample('runtime.gc_pause_ns', entry.duration * 1e6);
  }

  private collect(): void {
    const { metrics, timers } = this.options;
    const heap = getHeapStatistics();
    metrics.gauge('runtime.alloc_bytes', heap.used_heap_size);
    metrics.gauge('runtime.sys_bytes', heap.total_physical_size + heap.external_memory);
    metrics.gauge('runtime.num_goroutines', process.getActiveResourcesInfo().length);
    metrics.gauge('runtime.total_gc_runs', this.gcRuns);
    metrics.gauge('runtime.total_gc_pause_ns', Math.round(this.gcPauseMs * 1e6));
    this.timer = timers.after(PERIOD_MS, () => this.collect());
  }
}
