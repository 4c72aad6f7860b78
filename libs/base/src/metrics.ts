export type MetricLabels = Readonly<Record<string, string>>;

/** Where measurements go. Names are dotted, without the configured prefix: `raft.apply`. */
export interface Metrics {
  /** Adds to a counter. @default value 1 */
  count(name: string, value?: number, labels?: MetricLabels): void;
  /** Sets a gauge. */
  gauge(name: string, value: number, labels?: MetricLabels): void;
  /** Adds an observation; durations are in milliseconds. */
  sample(name: string, value: number, labels?: MetricLabels): void;
}

/** Metrics that go nowhere. */
export const noMetrics: Metrics = { count() {}, gauge() {}, sample() {} };
