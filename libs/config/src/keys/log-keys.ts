import { type ConfigKey, key, later, WHOLE_MAX } from './key.ts';

/** Logs and telemetry. */
export const LOG_KEYS: readonly ConfigKey[] = [
  key('enable_syslog', 'flag', 'Also log to syslog.', { fallback: false, tier: 'B' }),
  key('log_file', 'text', 'File or folder/ to log to.', { fallbackDoc: 'none', tier: 'B' }),
  key('log_json', 'flag', 'JSON log lines.', { fallback: false, tier: 'B' }),
  key('log_level', 'text', 'TRACE DEBUG INFO WARN ERR (ERROR).', {
    fallback: 'INFO',
    devFallback: 'DEBUG',
    reloadable: true,
  }),
  key('log_rotate_bytes', 'whole', 'Size at which log_file rotates.', {
    fallback: 0,
    fallbackDoc: '0 (no limit)',
    range: { min: 0, max: WHOLE_MAX },
    unit: 'bytes',
    tier: 'B',
  }),
  key('log_rotate_duration', 'duration', 'Age at which log_file rotates.', {
    fallbackDoc: '24h',
    tier: 'B',
  }),
  key('log_rotate_max_files', 'whole', 'Archives kept; 0 all, -1 none.', {
    fallback: 0,
    range: { min: -1, max: WHOLE_MAX },
    tier: 'B',
  }),
  key('syslog_facility', 'text', 'With enable_syslog.', { fallback: 'LOCAL0', tier: 'C' }),
  key('telemetry.disable_hostname', 'flag', 'No host name in gauge names.', {
    fallback: false,
    tier: 'B',
  }),
  key('telemetry.metrics_prefix', 'text', 'First part of metric names.', {
    fallback: 'consul',
    tier: 'B',
  }),
  key('telemetry.filter_default', 'flag', 'Keep metrics no prefix_filter names.', {
    fallback: true,
    tier: 'B',
  }),
  key('telemetry.prefix_filter', 'texts', '+prefix / -prefix.', { fallback: [], tier: 'B' }),
  key('telemetry.prometheus_retention_time', 'duration', 'Above 0 turns ?format=prometheus on.', {
    fallback: '0s',
    fallbackDoc: '0s (off)',
  }),
  key('telemetry.statsd_address', 'text', 'Statsd sink.', {
    ...later('telemetry sinks'),
    tier: 'B',
  }),
  key('telemetry.statsite_address', 'text', 'Statsite sink.', {
    ...later('telemetry sinks'),
    tier: 'C',
  }),
  key('telemetry.dogstatsd_addr', 'text', 'Dogstatsd sink.', {
    ...later('telemetry sinks'),
    tier: 'C',
  }),
  key('telemetry.dogstatsd_tags', 'texts', 'Its tags.', { ...later('telemetry sinks'), tier: 'C' }),
  key('telemetry.circonus_api_app', 'text', 'Circonus sink.', {
    ...later('telemetry sinks'),
    tier: 'C',
  }),
  key('telemetry.circonus_api_token', 'text', 'Circonus sink.', {
    secret: true,
    ...later('telemetry sinks'),
    tier: 'C',
  }),
  key('telemetry.circonus_api_url', 'text', 'Circonus sink.', {
    ...later('telemetry sinks'),
    tier: 'C',
  }),
  key('telemetry.circonus_broker_id', 'text', 'Circonus sink.', {
    ...later('telemetry sinks'),
    tier: 'C',
  }),
  key('telemetry.circonus_broker_select_tag', 'text', 'Circonus sink.', {
    ...later('telemetry sinks'),
    tier: 'C',
  }),
  key('telemetry.circonus_check_display_name', 'text', 'Circonus sink.', {
    ...later('telemetry sinks'),
    tier: 'C',
  }),
  key('telemetry.circonus_check_force_metric_activation', 'text', 'Circonus sink.', {
    ...later('telemetry sinks'),
    tier: 'C',
  }),
  key('telemetry.circonus_check_id', 'text', 'Circonus sink.', {
    ...later('telemetry sinks'),
    tier: 'C',
  }),
  key('telemetry.circonus_check_instance_id', 'text', 'Circonus sink.', {
    ...later('telemetry sinks'),
    tier: 'C',
  }),
  key('telemetry.circonus_check_search_tag', 'text', 'Circonus sink.', {
    ...later('telemetry sinks'),
    tier: 'C',
  }),
  key('telemetry.circonus_check_tags', 'text', 'Circonus sink.', {
    ...later('telemetry sinks'),
    tier: 'C',
  }),
  key('telemetry.circonus_submission_interval', 'text', 'Circonus sink.', {
    ...later('telemetry sinks'),
    tier: 'C',
  }),
  key('telemetry.circonus_submission_url', 'text', 'Circonus sink.', {
    ...later('telemetry sinks'),
    tier: 'C',
  }),
];
