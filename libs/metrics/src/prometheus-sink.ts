import type { Clock, MetricLabels } from '@mesh/base';
import { compareKeys, seriesKey, sortedLabels } from './series.ts';
import type { MetricsSink } from './sink.ts';

/** Series kept at most; more are dropped. */
const MAX_SERIES = 4096;
/** Newest observations that quantiles are computed from. */
const WINDOW = 256;
/** Older observations do not count for quantiles, milliseconds. */
const MAX_AGE_MS = 10_000;
const QUANTILES = [0.5, 0.9, 0.99];

/** Characters that a metric or label name may not have. */
const FORBIDDEN = /[^a-zA-Z0-9_:]/g;

interface Scalar {
  readonly name: string;
  readonly labels: string;
  value: number;
  updatedAtMs: number;
}

interface Summary {
  readonly name: string;
  readonly labels: string;
  count: number;
  sum: number;
  updatedAtMs: number;
  /** Ring of [observed at, value]. */
  readonly window: (readonly [number, number])[];
  next: number;
}

/** Cumulative counters, gauges and summaries in the Prometheus text format 0.0.4; idle series expire. */
export class PrometheusSink implements MetricsSink {
  private readonly counters = new Map<string, Scalar>();
  private readonly gauges = new Map<string, Scalar>();
  private readonly summaries = new Map<string, Summary>();
  private readonly clock: Clock;
  private readonly retentionMs: number;

  constructor(clock: Clock, retentionMs: number) {
    this.clock = clock;
    this.retentionMs = retentionMs;
  }

  count(name: string, value: number, labels: MetricLabels | undefined): void {
    const series = this.scalar(this.counters, name, labels);
    if (series) series.value += value;
  }

  gauge(name: string, value: number, labels: MetricLabels | undefined): void {
    const series = this.scalar(this.gauges, name, labels);
    if (series) series.value = value;
  }

  sample(name: string, value: number, labels: MetricLabels | undefined): void {
    const nowMs = this.clock.monotonicMs();
    const key = seriesKey(name, labels);
    let series = this.summaries.get(key);
    if (!series) {
      if (this.summaries.size >= MAX_SERIES) return;
      series = {
        name: metricName(name),
        labels: labelText(labels),
        count: 0,
        sum: 0,
        updatedAtMs: nowMs,
        window: [],
        next: 0,
      };
      this.summaries.set(key, series);
    }
    series.count++;
    series.sum += value;
    series.updatedAtMs = nowMs;
    series.window[series.next] = [nowMs, value];
    series.next = (series.next + 1) % WINDOW;
  }

  /** The whole exposition. */
  text(): string {
    const nowMs = this.clock.monotonicMs();
    for (const kind of [this.counters, this.gauges, this.summaries]) {
      for (const [key, series] of kind) {
        if (nowMs - series.updatedAtMs > this.retentionMs) kind.delete(key);
      }
    }
    const families = new Map<string, string>();
    const add = (name: string, type: string, lines: string) => {
      const known = families.get(name) ?? `# HELP ${name} ${name}\n# TYPE ${name} ${type}\n`;
      families.set(name, known + lines);
    };
    for (const { name, labels, value } of this.counters.values()) {
      add(name, 'counter', `${name}${braced(labels)} ${number(value)}\n`);
    }
    for (const { name, labels, value } of this.gauges.values()) {
      add(name, 'gauge', `${name}${braced(labels)} ${number(value)}\n`);
    }
    for (const summary of this.summaries.values()) {
      add(summary.name, 'summary', summaryLines(summary, nowMs));
    }
    const names = [...families.keys()].sort(compareKeys);
    return names.map((name) => families.get(name)!).join('');
  }

  private scalar(
    kind: Map<string, Scalar>,
    name: string,
    labels: MetricLabels | undefined,
  ): Scalar | undefined {
    const nowMs = this.clock.monotonicMs();
    const key = seriesKey(name, labels);
    const known = kind.get(key);
    if (known) {
      known.updatedAtMs = nowMs;
      return known;
    }
    if (kind.size >= MAX_SERIES) return undefined;
    const series = {
      name: metricName(name),
      labels: labelText(labels),
      value: 0,
      updatedAtMs: nowMs,
    };
    kind.set(key, series);
    return series;
  }
}

function summaryLines(summary: Summary, nowMs: number): string {
  const { name, labels, window, count, sum } = summary;
  const recent = window
    .filter(([atMs]) => nowMs - atMs <= MAX_AGE_MS)
    .map(([, value]) => value)
    .sort((a, b) => a - b);
  let out = '';
  for (const quantile of QUANTILES) {
    const rank = Math.max(0, Math.ceil(quantile * recent.length) - 1);
    const quantileLabel = `quantile="${quantile}"`;
    const all = labels === '' ? quantileLabel : `${labels},${quantileLabel}`;
    out += `${name}{${all}} ${number(recent[rank] ?? Number.NaN)}\n`;
  }
  return `${out}${name}_sum${braced(labels)} ${number(sum)}\n${name}_count${braced(labels)} ${count}\n`;
}

function metricName(name: string): string {
  const clean = name.replace(FORBIDDEN, '_');
  return /^\d/.test(clean) ? `_${clean}` : clean;
}

function labelText(labels: MetricLabels | undefined): string {
  return Object.entries(sortedLabels(labels))
    .map(([name, value]) => `${metricName(name).replaceAll(':', '_')}="${escapeValue(value)}"`)
    .join(',');
}

function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function braced(labels: string): string {
  return labels === '' ? '' : `{${labels}}`;
}

function number(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}
