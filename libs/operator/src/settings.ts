import type { AutopilotSettings } from '@mesh/api-contract';
import {
  anything,
  flag,
  formatDuration,
  invalid,
  mismatch,
  parseDuration,
  record,
  refine,
  requireDuration,
  text,
  utf8Text,
  whole,
} from '@mesh/base';
import type { AutopilotLimits } from './autopilot/types.ts';

/** Go's longest duration, nanoseconds: 2^63. */
const MAX_DURATION_NS = 2 ** 63;

/** A Go duration as text, or nanoseconds as a number, in the form in which Go would write it. */
const duration = refine(anything, (value, path) => {
  if (value === null || value === undefined) return '0s';
  const ms =
    typeof value === 'string'
      ? parseDuration(value)
      : typeof value === 'number' && Math.abs(value) < MAX_DURATION_NS
        ? Math.trunc(value) / 1e6
        : undefined;
  if (ms === undefined || ms < 0) {
    throw mismatch(path, 'a duration of 0 or more such as "10s"', value);
  }
  return formatDuration(ms);
});

const count = refine(whole, (value, path) => {
  if (value < 0 || !Number.isSafeInteger(value)) {
    throw mismatch(path, 'a whole number of 0 or more', value);
  }
  return value;
});

const settings = record(
  {
    CleanupDeadServers: flag,
    LastContactThreshold: duration,
    MaxTrailingLogs: count,
    MinQuorum: count,
    ServerStabilizationTime: duration,
    RedundancyZoneTag: text,
    DisableUpgradeMigration: flag,
    UpgradeVersionTag: text,
  },
  { snakeCase: false },
);

/**
 * The body of a new configuration. As in the original, what it does not name is false, 0 or "", and what
 * it names besides is ignored. Throws `invalid-argument`.
 */
export function decodeSettings(body: Uint8Array): AutopilotSettings {
  try {
    if (body.length === 0) throw invalid('the body is empty');
    return settings.decode(JSON.parse(utf8Text(body)), '');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw invalid(`Bad request: Error parsing autopilot config: ${why}`);
  }
}

/** The settings alone, checked once more: they may come off the wire. Throws `invalid-argument`. */
export function checkedSettings(value: unknown): AutopilotSettings {
  return settings.decode(value, '');
}

/** The settings of a configuration in numbers. */
export function limitsOf(configuration: AutopilotSettings): AutopilotLimits {
  const { CleanupDeadServers, MaxTrailingLogs, MinQuorum } = configuration;
  return {
    cleanupDeadServers: CleanupDeadServers,
    lastContactThresholdMs: requireDuration(
      'LastContactThreshold',
      configuration.LastContactThreshold,
    ),
    maxTrailingLogs: MaxTrailingLogs,
    minQuorum: MinQuorum,
    serverStabilizationMs: requireDuration(
      'ServerStabilizationTime',
      configuration.ServerStabilizationTime,
    ),
  };
}

/** Settings of numbers, the enterprise features off: what an agent's configuration says. */
export function settingsOf(limits: AutopilotLimits): AutopilotSettings {
  return {
    CleanupDeadServers: limits.cleanupDeadServers,
    LastContactThreshold: formatDuration(limits.lastContactThresholdMs),
    MaxTrailingLogs: limits.maxTrailingLogs,
    MinQuorum: limits.minQuorum,
    ServerStabilizationTime: formatDuration(limits.serverStabilizationMs),
    RedundancyZoneTag: '',
    DisableUpgradeMigration: false,
    UpgradeVersionTag: '',
  };
}

/** What a cluster starts with where its agents' configuration says nothing. */
export const DEFAULT_LIMITS: AutopilotLimits = {
  cleanupDeadServers: true,
  lastContactThresholdMs: 200,
  maxTrailingLogs: 250,
  minQuorum: 0,
  serverStabilizationMs: 10_000,
};
