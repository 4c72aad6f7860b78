import type { Clock, MetricLabels } from '@mesh/base';
import { Aggregate } from './aggregate.ts';
import { compareKeys, NO_LABELS, seriesKey, sortedLabels } from './series.ts';
import type { MetricsSink } from './sink.ts';

/** Series of one kind in one interval; more are dropped and counted. */
const MAX_SERIES = 4096;

export interface GaugeValue {
  readonly Name: string;
  readonly Value: number;
  readonly Labels: MetricLabels;
}

export interface SampledValue {
  readonly Name: string;
  readonly Count: number;
  /** Sum per second. */
  readonly Rate: number;
  readonly Sum: number;
  readonly Min: number;
  readonly Max: number;
  readonly Mean: number;
  readonly Stddev: number;
  readonly Labels: MetricLabels;
}

/** What /v1/agent/metrics shows: one interval. */
export interface MetricsSnapshot {
  /** Begin of the interval, `2006-01-02 15:04:05 +0000 UTC`. */
  readonly Timestamp: string;
  readonly Gauges: readonly GaugeValue[];
  readonly Points: readonly never[];
  readonly Counters: readonly SampledValue[];
  readonly Samples: readonly SampledValue[];
}

interface Series {
  readonly name: string;
  readonly labels: MetricLabels;
}

interface Interval {
  readonly startMs: number;
  readonly gauges: Map<string, Series & { value: number }>;
  readonly counters: Map<string, Series & { totals: Aggregate }>;
  readonly samples: Map<string, Series & { totals: Aggregate }>;
}

/** Aggregates in memory by intervals aligned to the clock; keeps the last complete one. */
export class IntervalSink implements MetricsSink {
  /** Measurements dropped because there were too many series. */
  droppedCount = 0;
  private current: Interval;
  private complete: Interval | undefined;
  private readonly clock: Clock;
  private readonly intervalMs: number;

  constructor(clock: Clock, intervalMs: number) {
    this.clock = clock;
    this.intervalMs = intervalMs;
    this.current = newInterval(this.startOf(clock.nowMs()));
  }

  count(name: string, value: number, labels: MetricLabels | undefined): void {
    this.totals(this.interval().counters, name, labels)?.add(value);
  }

  sample(name: string, value: number, labels: MetricLabels | undefined): void {
    this.totals(this.interval().samples, name, labels)?.add(value);
  }

  gauge(name: string, value: number, labels: MetricLabels | undefined): void {
    const { gauges } = this.interval();
    const key = seriesKey(name, labels);
    const known = gauges.get(key);
    if (known) known.value = value;
    else if (gauges.size < MAX_SERIES) gauges.set(key, { name, labels: sorted(labels), value });
    else this.droppedCount++;
  }

  /** The last complete interval; the running one while there is no other. */
  snapshot(): MetricsSnapshot {
    const running = this.interval();
    const shown = this.complete ?? running;
    return {
      Timestamp: timestamp(shown.startMs),
      Gauges: inOrder(shown.gauges).map(({ name, value, labels }) => ({
        Name: name,
        Value: value,
        Labels: labels,
      })),
      Points: [],
      Counters: inOrder(shown.counters).map((series) => this.sampled(series)),
      Samples: inOrder(shown.samples).map((series) => this.sampled(series)),
    };
  }

  private sampled({ name, labels, totals }: Series & { totals: Aggregate }): SampledValue {
    return {
      Name: name,
      Count: totals.count,
      Rate: totals.sum / (this.intervalMs / 1000),
      Sum: totals.sum,
      Min: totals.min,
      Max: totals.max,
      Mean: totals.mean,
      Stddev: totals.standardDeviation,
      Labels: labels,
    };
  }

  private totals(
    series: Interval['counters'],
    name: string,
    labels: MetricLabels | undefined,
  ): Aggregate | undefined {
    const key = seriesKey(name, labels);
    const known = series.get(key);
    if (known) return known.totals;
    if (series.size >= MAX_SERIES) {
      this.droppedCount++;
      return undefined;
    }
    const totals = new Aggregate();
    series.set(key, { name, labels: sorted(labels), totals });
    return totals;
  }

  private interval(): Interval {
    const nowMs = this.clock.nowMs();
    const { startMs } = this.current;
    // A clock that was set back starts a new interval as well.
    if (nowMs >= startMs && nowMs < startMs + this.intervalMs) return this.current;
    this.complete = this.current;
    this.current = newInterval(this.startOf(nowMs));
    return this.current;
  }

  private startOf(nowMs: number): number {
    return Math.floor(nowMs / this.intervalMs) * this.intervalMs;
  }
}

function newInterval(startMs: number): Interval {
  return { startMs, gauges: new Map(), counters: new Map(), samples: new Map() };
}

function sorted(labels: MetricLabels | undefined): MetricLabels {
  return labels === undefined ? NO_LABELS : sortedLabels(labels);
}

function inOrder<T>(series: ReadonlyMap<string, T>): T[] {
  return [...series].sort(([a], [b]) => compareKeys(a, b)).map(([, value]) => value);
}

function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
}
