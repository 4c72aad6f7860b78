import type { Component, Logger, Platform } from '@mesh/base';
import type { RuntimeConfig } from '@mesh/config';
import {
  type AgentMetrics,
  createDogstatsdSink,
  createMetrics,
  createRuntimeCollector,
  createStatsdSink,
  createStatsiteSink,
  type RemoteSink,
} from '@mesh/metrics';

/** The metrics of an agent with their collectors and remote sinks. */
export interface Telemetry {
  readonly metrics: AgentMetrics;
  readonly components: readonly Component[];
}

/** Metrics as `telemetry` configures them. Throws `invalid-argument` on a bad address or filter. */
export function createTelemetry(
  { telemetry, nodeName }: RuntimeConfig,
  { clock, timers }: Platform,
  logger: Logger,
): Telemetry {
  const parts = { timers, logger: logger.named('telemetry') };
  const sinks: RemoteSink[] = [];
  const { statsdAddress, statsiteAddress, dogstatsdAddress, dogstatsdTags } = telemetry;
  if (statsdAddress) sinks.push(createStatsdSink({ address: statsdAddress, ...parts }));
  if (statsiteAddress) sinks.push(createStatsiteSink({ address: statsiteAddress, ...parts }));
  if (dogstatsdAddress) {
    sinks.push(createDogstatsdSink({ address: dogstatsdAddress, tags: dogstatsdTags, ...parts }));
  }
  const metrics = createMetrics({
    prefix: telemetry.metricsPrefix,
    hostname: telemetry.disableHostname ? '' : nodeName,
    prometheusRetentionMs: telemetry.prometheusRetentionMs,
    prefixFilter: telemetry.prefixFilter,
    filterDefault: telemetry.filterDefault,
    sinks,
    clock,
  });
  return { metrics, components: [...sinks, createRuntimeCollector({ metrics, timers })] };
}
