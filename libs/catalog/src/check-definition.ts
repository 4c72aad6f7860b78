/**
 * How an external monitor runs a check that was registered through the catalog. Stored, never run
 * here.
 */
import type { HealthCheckDefinition } from '@mesh/api-contract';
import {
  flag,
  formatDuration,
  list,
  mapOf,
  mismatch,
  parseDuration,
  record,
  type Shape,
  type ShapePath,
  text,
  whole,
} from '@mesh/base';

const NS_PER_MS = 1e6;

/** A Go duration, as text or as nanoseconds; yields text, "" for none. */
const duration: Shape<string> = {
  decode(value: unknown, path: ShapePath): string {
    if (value === null || value === undefined || value === '') return '';
    const ms =
      typeof value === 'string'
        ? parseDuration(value)
        : typeof value === 'number'
          ? value / NS_PER_MS
          : undefined;
    if (ms === undefined || !Number.isFinite(ms)) throw mismatch(path, 'a duration', value);
    return ms === 0 ? '' : formatDuration(ms);
  },
};

const definition = record({
  Interval: duration,
  IntervalDuration: duration,
  OutputMaxSize: whole,
  Timeout: duration,
  TimeoutDuration: duration,
  DeregisterCriticalServiceAfter: duration,
  DeregisterCriticalServiceAfterDuration: duration,
  HTTP: text,
  TLSSkipVerify: flag,
  Header: mapOf(list(text)),
  Method: text,
  Body: text,
  TCP: text,
  ScriptArgs: list(text),
  DockerContainerID: text,
  Shell: text,
  GRPC: text,
  GRPCUseTLS: flag,
  AliasNode: text,
  AliasService: text,
  TTL: duration,
});

/** Stored form of a definition: fields in the API's order, empty ones left out. */
export function normalizeDefinition(
  raw: unknown,
  path: ShapePath = 'Definition',
): HealthCheckDefinition {
  const value = definition.decode(raw ?? {}, path);
  const fields: Record<string, unknown> = {
    ...value,
    Interval: value.Interval || value.IntervalDuration,
    Timeout: value.Timeout || value.TimeoutDuration,
    DeregisterCriticalServiceAfter:
      value.DeregisterCriticalServiceAfter || value.DeregisterCriticalServiceAfterDuration,
    IntervalDuration: undefined,
    TimeoutDuration: undefined,
    DeregisterCriticalServiceAfterDuration: undefined,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => isSet(field)));
}

function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== '' && value !== 0 && value !== false;
}
