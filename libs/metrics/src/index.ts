// For the composition root and the agent's metrics route.
export type { GaugeValue, MetricsSnapshot, SampledValue } from './interval-sink.ts';
export type { AgentMetrics, MetricsOptions } from './metrics.ts';
export { createMetrics } from './metrics.ts';
export type { RuntimeCollectorOptions } from './runtime-collector.ts';
export { createRuntimeCollector } from './runtime-collector.ts';
export type { MetricsSink } from './sink.ts';
export type { RemoteSink, StreamSinkOptions } from './stream-sinks.ts';
export { createDogstatsdSink, createStatsdSink, createStatsiteSink } from './stream-sinks.ts';
