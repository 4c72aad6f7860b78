import { type Clock, MeshError, type MetricLabels, type Metrics } from '@mesh/base';
import { IntervalSink, type MetricsSnapshot } from './interval-sink.ts';
import { PrefixFilter } from './prefix-filter.ts';
import { PrometheusSink } from './prometheus-sink.ts';
import type { MetricsSink } from './sink.ts';

export interface MetricsOptions {
  /** First part of every name; "" for none. @default 'consul' */
  readonly prefix?: string;
  /** Put after the prefix in names of gauges; "" when telemetry.disable_hostname is set. @default '' */
  readonly hostname?: string;
  /** How long Prometheus sees a series that is not updated, milliseconds; 0 switches Prometheus off. */
  readonly prometheusRetentionMs: number;
  /** Length of an aggregation interval, milliseconds. @default 10_000 */
  readonly intervalMs?: number;
  /** `+prefix` keeps, `-prefix` drops; prefixes are complete names. @default [] */
  readonly prefixFilter?: readonly string[];
  /** Keep what no filter rule speaks of. @default true */
  readonly filterDefault?: boolean;
  /** Where measurements go besides. @default [] */
  readonly sinks?: readonly MetricsSink[];
  readonly clock: Clock;
}

/** The metrics of an agent, and the two ways to look at them. */
export interface AgentMetrics extends Metrics {
  /** The last complete interval. */
  snapshot(): MetricsSnapshot;
  /** Prometheus text format. Throws `unsupported-media` when Prometheus is off. */
  prometheus(): string;
}

/** Builds the metrics of an agent. Throws `invalid-argument` on a bad filter rule. */
export function createMetrics(options: MetricsOptions): AgentMetrics {
  return new FanOutMetrics(options);
}

/** Names seen are few and repeat: complete names are built once, up to this many. */
const MAX_KNOWN_NAMES = 8192;

class FanOutMetrics implements AgentMetrics {
  private readonly intervals: IntervalSink;
  private readonly prometheusSink: PrometheusSink | undefined;
  private readonly sinks: readonly MetricsSink[];
  private readonly filter: PrefixFilter;
  private readonly plainNames: NameTable;
  private readonly gaugeNames: NameTable;

  constructor(options: MetricsOptions) {
    const { prefix = 'consul', hostname = '', clock, prometheusRetentionMs } = options;
    this.filter = new PrefixFilter(options.prefixFilter ?? [], options.filterDefault ?? true);
    const start = prefix === '' ? '' : `${prefix}.`;
    this.plainNames = new NameTable(start, this.filter);
    this.gaugeNames = new NameTable(hostname === '' ? start : `${start}${hostname}.`, this.filter);
    this.intervals = new IntervalSink(clock, options.intervalMs ?? 10_000);
    if (prometheusRetentionMs > 0) {
      this.prometheusSink = new PrometheusSink(clock, prometheusRetentionMs);
    }
    this.sinks = [
      this.intervals,
      ...(this.prometheusSink ? [this.prometheusSink] : []),
      ...(options.sinks ?? []),
    ];
  }

  count(name: string, value = 1, labels?: MetricLabels): void {
    const complete = this.plainNames.of(name);
    if (complete === undefined || !Number.isFinite(value)) return;
    for (const sink of this.sinks) sink.count(complete, value, labels);
  }

  gauge(name: string, value: number, labels?: MetricLabels): void {
    const complete = this.gaugeNames.of(name);
    if (complete === undefined || !Number.isFinite(value)) return;
    for (const sink of this.sinks) sink.gauge(complete, value, labels);
  }

  sample(name: string, value: number, labels?: MetricLabels): void {
    const complete = this.plainNames.of(name);
    if (complete === undefined || !Number.isFinite(value)) return;
    for (const sink of this.sinks) sink.sample(complete, value, labels);
  }

  snapshot(): MetricsSnapshot {
    return this.intervals.snapshot();
  }

  prometheus(): string {
    if (!this.prometheusSink) {
      throw new MeshError(
        'unsupported-media',
        'Prometheus is not enabled since its retention time is not positive',
      );
    }
    return this.prometheusSink.text();
  }
}

/** Complete names by short ones; undefined for those that are filtered out. */
class NameTable {
  private readonly names = new Map<string, string | undefined>();
  private readonly start: string;
  private readonly filter: PrefixFilter;

  constructor(start: string, filter: PrefixFilter) {
    this.start = start;
    this.filter = filter;
  }

  of(name: string): string | undefined {
    const known = this.names.get(name);
    if (known !== undefined || this.names.has(name)) return known;
    const complete = this.start + name;
    const kept = this.filter.keeps(complete) ? complete : undefined;
    if (this.names.size < MAX_KNOWN_NAMES) this.names.set(name, kept);
    return kept;
  }
}
