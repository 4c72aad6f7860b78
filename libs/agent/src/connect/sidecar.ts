import type { CheckDefinition, ServiceDefinition } from '@mesh/api-contract';
import { MeshError } from '@mesh/base';
import { normalizeProxy } from '@mesh/catalog';
import type { AgentService } from '../local-state/entries.ts';

/** Ports that sidecars without one of their own get (ports.sidecar_min_port to sidecar_max_port). */
export interface SidecarPorts {
  readonly min: number;
  readonly max: number;
}

const INTERVAL_MS = 10_000;
const SUFFIX = '-sidecar-proxy';

/** Id of the sidecar that belongs to an instance. */
export function sidecarId(serviceId: string): string {
  return `${serviceId}${SUFFIX}`;
}

/** The sidecar that a definition asks for; undefined when it asks for none. */
export function sidecarOf(definition: ServiceDefinition): ServiceDefinition | undefined {
  return definition.connect?.['SidecarService'] as ServiceDefinition | undefined;
}

/**
 * The registration of an instance's sidecar: what its own definition leaves open comes from the instance,
 * checks are that it listens and that the instance is well.
 */
export function sidecarDefinition(
  own: ServiceDefinition,
  service: AgentService,
  port: number,
  token: string,
): ServiceDefinition {
  const given = normalizeProxy(own.proxy);
  const localPort = given['LocalServicePort'] || service.Port;
  return {
    ...own,
    kind: own.kind || 'connect-proxy',
    id: sidecarId(service.ID),
    name: own.name || `${service.Service}${SUFFIX}`,
    port,
    tags: own.tags.length > 0 ? own.tags : (service.Tags ?? []),
    meta: Object.keys(own.meta).length > 0 ? own.meta : (service.Meta ?? {}),
    token: own.token || token,
    connect: undefined,
    proxy: {
      ...given,
      DestinationServiceName: given['DestinationServiceName'] || service.Service,
      DestinationServiceID: given['DestinationServiceID'] || service.ID,
      LocalServiceAddress: given['LocalServiceAddress'] || '127.0.0.1',
      ...(localPort ? { LocalServicePort: localPort } : {}),
    },
    checks: own.checks.length > 0 ? own.checks : defaultChecks(service.ID, port),
  };
}

/**
 * The lowest port of the range that no instance here has. Throws `too-large` when all are taken, and when
 * the range is empty.
 */
export function freeSidecarPort({ min, max }: SidecarPorts, taken: ReadonlySet<number>): number {
  if (min <= 0 || max < min) {
    throw new MeshError(
      'invalid-argument',
      'no port provided for sidecar_service and port auto-assignment is disabled in config',
    );
  }
  for (let port = min; port <= max; port++) if (!taken.has(port)) return port;
  throw new MeshError(
    'too-large',
    'no port provided for sidecar_service and none left in the configured range ' +
      `[${min}, ${max}]`,
  );
}

function defaultChecks(serviceId: string, port: number): readonly CheckDefinition[] {
  return [
    {
      ...NO_CHECK,
      name: 'Connect Sidecar Listening',
      tcp: `127.0.0.1:${port}`,
      intervalMs: INTERVAL_MS,
    },
    { ...NO_CHECK, name: `Connect Sidecar Aliasing ${serviceId}`, aliasService: serviceId },
  ];
}

const NO_CHECK: CheckDefinition = {
  ...{ id: '', name: '', notes: '', serviceId: '', token: '', status: undefined, args: [] },
  ...{ http: '', method: '', header: {}, body: '', tcp: '', grpc: '', grpcUseTls: false },
  ...{ dockerContainerId: '', shell: '', aliasService: '', aliasNode: '', tlsSkipVerify: false },
  ...{ intervalMs: 0, timeoutMs: 0, ttlMs: 0, successBeforePassing: 0 },
  ...{ failuresBeforeCritical: 0, deregisterCriticalServiceAfterMs: 0, outputMaxBytes: 0 },
};
