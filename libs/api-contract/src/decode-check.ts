import {
  flag,
  list,
  mismatch,
  refine,
  requireDuration,
  type Shape,
  type ShapePath,
  text,
  whole,
} from '@mesh/base';
import type { HealthStatus } from './catalog-types.ts';
import { type DefinitionSource, definitionMap, definitionRecord } from './definition-record.ts';
import type { CheckDefinition } from './definitions.ts';

const NANOSECONDS_PER_MS = 1e6;

/** A Go duration in milliseconds, 0 when absent; over the API also a number of nanoseconds. */
function duration(source: DefinitionSource): Shape<number> {
  return {
    decode(value: unknown, path: ShapePath): number {
      if (value === null || value === undefined) return 0;
      if (source === 'api' && typeof value === 'number' && Number.isFinite(value)) {
        return value / NANOSECONDS_PER_MS;
      }
      if (typeof value !== 'string') throw mismatch(path, 'a duration such as "10s"', value);
      // The original takes "" over the API for "not set".
      return value === '' ? 0 : requireDuration(path, value);
    },
  };
}

const status: Shape<HealthStatus | undefined> = refine(text, (value, path) => {
  if (value === '') return undefined;
  if (value === 'passing' || value === 'warning' || value === 'critical') return value;
  throw mismatch(path, '"passing", "warning" or "critical"', value);
});

const texts: Shape<readonly string[]> = refine(list(text), (value) => value ?? []);

const CHECK_ALIASES = {
  id: 'CheckID',
  script_args: 'Args',
  scriptargs: 'Args',
} as const;

const CHECK_REMOVED = {
  script: 'script checks take "args", a list of the program and its arguments',
} as const;

function checkFields(source: DefinitionSource) {
  return {
    CheckID: text,
    Name: text,
    Notes: text,
    ServiceID: text,
    Token: text,
    Status: status,
    Args: texts,
    HTTP: text,
    Method: text,
    Header: definitionMap(texts, source),
    Body: text,
    TCP: text,
    GRPC: text,
    GRPCUseTLS: flag,
    DockerContainerID: text,
    Shell: text,
    AliasService: text,
    AliasNode: text,
    TLSSkipVerify: flag,
    Interval: duration(source),
    Timeout: duration(source),
    TTL: duration(source),
    SuccessBeforePassing: whole,
    FailuresBeforeCritical: whole,
    DeregisterCriticalServiceAfter: duration(source),
    OutputMaxSize: whole,
  };
}

function checkShape(source: DefinitionSource): Shape<CheckDefinition> {
  const inner = definitionRecord(checkFields(source), {
    source,
    spelling: 'joined-and-snake',
    aliases: CHECK_ALIASES,
    removed: CHECK_REMOVED,
  });
  return refine(
    inner,
    (raw): CheckDefinition => ({
      id: raw.CheckID,
      name: raw.Name,
      notes: raw.Notes,
      serviceId: raw.ServiceID,
      token: raw.Token,
      status: raw.Status,
      args: raw.Args,
      http: raw.HTTP,
      method: raw.Method,
      header: raw.Header,
      body: raw.Body,
      tcp: raw.TCP,
      grpc: raw.GRPC,
      grpcUseTls: raw.GRPCUseTLS,
      dockerContainerId: raw.DockerContainerID,
      shell: raw.Shell,
      aliasService: raw.AliasService,
      aliasNode: raw.AliasNode,
      tlsSkipVerify: raw.TLSSkipVerify,
      intervalMs: raw.Interval,
      timeoutMs: raw.Timeout,
      ttlMs: raw.TTL,
      successBeforePassing: raw.SuccessBeforePassing,
      failuresBeforeCritical: raw.FailuresBeforeCritical,
      deregisterCriticalServiceAfterMs: raw.DeregisterCriticalServiceAfter,
      outputMaxBytes: raw.OutputMaxSize,
    }),
  );
}

/** The shapes of one check definition, by source. */
export const CHECK_SHAPES: Readonly<Record<DefinitionSource, Shape<CheckDefinition>>> = {
  api: checkShape('api'),
  file: checkShape('file'),
};
