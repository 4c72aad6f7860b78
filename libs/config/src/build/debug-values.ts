/** Values for DebugConfig: definitions by the API's names, and nothing secret. */
import type { CheckDefinition, ServiceDefinition } from '@mesh/api-contract';
import { formatDuration } from '@mesh/base';

const SECRET_NAME = /key|token|secret|password/i;
const SECRET_PAIR = /(\S*(?:key|token|secret|password)\S*)=(?:"[^"]*"|\S+)/gi;
const HIDDEN = 'hidden';

/** A copy in which the texts of keys named like secrets are 'hidden', at any depth. */
export function hideSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hideSecrets);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      typeof inner === 'string' && SECRET_NAME.test(name) ? HIDDEN : hideSecrets(inner),
    ]),
  );
}

/** `provider=x secret_access_key=hidden`. */
export function hideTokensInText(text: string): string {
  return text.replace(SECRET_PAIR, `$1=${HIDDEN}`);
}

/** A check definition as DebugConfig lists it. */
export function showCheck(check: CheckDefinition): Readonly<Record<string, unknown>> {
  return {
    AliasNode: check.aliasNode,
    AliasService: check.aliasService,
    Body: check.body,
    CheckID: check.id,
    DeregisterCriticalServiceAfter: formatDuration(check.deregisterCriticalServiceAfterMs),
    DockerContainerID: check.dockerContainerId,
    FailuresBeforeCritical: check.failuresBeforeCritical,
    GRPC: check.grpc,
    GRPCUseTLS: check.grpcUseTls,
    HTTP: check.http,
    Header: hideHeader(check.header),
    Interval: formatDuration(check.intervalMs),
    Method: check.method,
    Name: check.name,
    Notes: check.notes,
    OutputMaxSize: check.outputMaxBytes,
    ScriptArgs: check.args,
    ServiceID: check.serviceId,
    Shell: check.shell,
    Status: check.status ?? '',
    SuccessBeforePassing: check.successBeforePassing,
    TCP: check.tcp,
    TLSSkipVerify: check.tlsSkipVerify,
    TTL: formatDuration(check.ttlMs),
    Timeout: formatDuration(check.timeoutMs),
    Token: HIDDEN,
  };
}

/** Header values often are credentials: names alone are shown. */
function hideHeader(
  header: CheckDefinition['header'],
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(header).map(([name, values]) => [name, values.map(() => HIDDEN)]),
  );
}

/** A service definition as DebugConfig lists it. */
export function showService(service: ServiceDefinition): Readonly<Record<string, unknown>> {
  return {
    Address: service.address,
    Checks: service.checks.map(showCheck),
    Connect: showConnect(service.connect),
    EnableTagOverride: service.enableTagOverride,
    ID: service.id,
    Kind: service.kind,
    Meta: service.meta,
    Name: service.name,
    Port: service.port,
    Proxy: hideSecrets(service.proxy) ?? null,
    TaggedAddresses: service.taggedAddresses,
    Tags: service.tags,
    Token: HIDDEN,
    Weights: service.weights ?? { Passing: 1, Warning: 1 },
  };
}

function showConnect(connect: ServiceDefinition['connect']): unknown {
  if (connect === undefined) return null;
  const sidecar = connect['SidecarService'] as ServiceDefinition | undefined;
  return {
    Native: connect['Native'] === true,
    SidecarService: sidecar === undefined ? null : showService(sidecar),
  };
}
