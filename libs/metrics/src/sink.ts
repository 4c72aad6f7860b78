import type { MetricLabels } from '@mesh/base';

/** A destination of measurements. Names are complete: prefix and host are in them. */
export interface MetricsSink {
  count(name: string, value: number, labels: MetricLabels | undefined): void;
  gauge(name: string, value: number, labels: MetricLabels | undefined): void;
  sample(name: string, value: number, labels: MetricLabels | undefined): void;
}
