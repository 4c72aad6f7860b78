import type { CheckDefinition, ServiceDefinition } from '@mesh/api-contract';
import { formatDuration } from '@mesh/base';

/** Body of PUT /v1/agent/service/register; what is undefined is left out. */
export interface Registration {
  readonly Name: string;
  readonly [field: string]: unknown;
}

/** A definition from a file as the HTTP API takes it. */
export function registrationOf(service: ServiceDefinition): Registration {
  return {
    Kind: service.kind || undefined,
    ID: service.id || undefined,
    Name: service.name,
    Tags: service.tags,
    Port: service.port,
    Address: service.address,
    TaggedAddresses: service.taggedAddresses,
    EnableTagOverride: service.enableTagOverride,
    Meta: service.meta,
    Weights: service.weights,
    Checks: service.checks.map(checkOf),
    Token: service.token || undefined,
    Proxy: service.proxy,
    Connect: service.connect,
  };
}

function checkOf(check: CheckDefinition): Readonly<Record<string, unknown>> {
  return {
    CheckID: check.id || undefined,
    Name: check.name || undefined,
    Notes: check.notes || undefined,
    Status: check.status,
    Args: check.args.length > 0 ? check.args : undefined,
    HTTP: check.http || undefined,
    Method: check.method || undefined,
    Header: Object.keys(check.header).length > 0 ? check.header : undefined,
    Body: check.body || undefined,
    TCP: check.tcp || undefined,
    GRPC: check.grpc || undefined,
    GRPCUseTLS: check.grpcUseTls || undefined,
    DockerContainerID: check.dockerContainerId || undefined,
    Shell: check.shell || undefined,
    AliasService: check.aliasService || undefined,
    AliasNode: check.aliasNode || undefined,
    TLSSkipVerify: check.tlsSkipVerify || undefined,
    Interval: durationOf(check.intervalMs),
    Timeout: durationOf(check.timeoutMs),
    TTL: durationOf(check.ttlMs),
    SuccessBeforePassing: check.successBeforePassing || undefined,
    FailuresBeforeCritical: check.failuresBeforeCritical || undefined,
    DeregisterCriticalServiceAfter: durationOf(check.deregisterCriticalServiceAfterMs),
    OutputMaxSize: check.outputMaxBytes || undefined,
  };
}

function durationOf(ms: number): string | undefined {
  return ms === 0 ? undefined : formatDuration(ms);
}
