/**
 * What a definition must satisfy beyond its types; the rules and their order are the original's.
 */
import { invalid } from '@mesh/base';
import type { CheckDefinition, ServiceDefinition } from './definitions.ts';

/** Most pairs in the metadata of a service or node. */
export const META_MAX_PAIRS = 64;
/** Longest metadata key, characters. */
export const META_KEY_MAX_LENGTH = 128;
/** Longest metadata value, characters. */
export const META_VALUE_MAX_LENGTH = 512;

const META_KEY = /^[A-Za-z0-9_-]+$/;
const META_RESERVED_PREFIX = 'consul-';
/** Keys under the reserved prefix that gateways may set on their own registration. */
const META_GATEWAY_KEYS: readonly string[] = ['consul-wan-federation', 'consul-network-segment'];
const WEIGHT_MAX = 65_535;
const PORT_MAX = 65_535;
const ANY_ADDRESSES: readonly string[] = ['0.0.0.0', '::', '[::]'];

/**
 * Checks a service with all its checks.
 * @throws MeshError `invalid-argument` with the original's text where it was clear
 */
export function validateServiceDefinition(service: ServiceDefinition): void {
  if (service.name === '') throw invalid('Missing service name');
  if (ANY_ADDRESSES.includes(service.address)) {
    throw invalid(
      `Invalid service address "${service.address}": it must be one that can be dialled`,
    );
  }
  for (const [name, tagged] of Object.entries(service.taggedAddresses)) {
    if (ANY_ADDRESSES.includes(tagged.Address)) {
      throw invalid(`Invalid address for tagged_addresses "${name}": "${tagged.Address}"`);
    }
    validatePort(`Port of tagged_addresses "${name}"`, tagged.Port);
  }
  validatePort('Port', service.port);
  validateServiceMeta(service);
  validateWeights(service);
  validateProxy(service);
  for (const check of service.checks) validateCheckDefinition(check, { alone: false });
}

/**
 * Checks one check. `alone`: registered by itself, so it needs a name of its own.
 * @default alone true
 * @throws MeshError `invalid-argument`
 */
export function validateCheckDefinition(
  check: CheckDefinition,
  { alone = true }: { readonly alone?: boolean } = {},
): void {
  if (alone && check.name === '') throw invalid('Missing check name');
  const periodic = checkNeedsInterval(check);
  const alias = check.aliasService !== '' || check.aliasNode !== '';
  if (check.intervalMs > 0 && check.ttlMs > 0) {
    throw invalid('Invalid check: Interval and TTL cannot both be specified');
  }
  if (periodic && check.intervalMs <= 0) {
    throw invalid('Invalid check: Interval must be > 0 for Script, HTTP, or TCP checks');
  }
  if (periodic && alias) throw invalid('Invalid check: Interval cannot be set for Alias checks');
  if (alias && check.ttlMs > 0) {
    throw invalid('Invalid check: TTL must not be set for Alias checks');
  }
  if (!periodic && !alias && check.ttlMs <= 0) {
    throw invalid('Invalid check: TTL must be > 0 for TTL checks');
  }
  if (check.outputMaxBytes < 0) {
    throw invalid('Invalid check: OutputMaxSize must be positive');
  }
  if (check.successBeforePassing < 0 || check.failuresBeforeCritical < 0) {
    throw invalid(
      'Invalid check: SuccessBeforePassing and FailuresBeforeCritical must not be negative',
    );
  }
}

/** True for checks that the agent runs itself, again and again: script, HTTP, TCP, gRPC, docker. */
export function checkNeedsInterval(check: CheckDefinition): boolean {
  return check.args.length > 0 || check.http !== '' || check.tcp !== '' || check.grpc !== '';
}

/**
 * Checks metadata pairs of a node or service.
 * @param allowedReserved keys under `consul-` that are accepted all the same
 * @throws MeshError `invalid-argument` naming the pair and the limit
 */
export function validateMeta(
  meta: Readonly<Record<string, string>>,
  allowedReserved: readonly string[] = [],
): void {
  const pairs = Object.entries(meta);
  if (pairs.length > META_MAX_PAIRS) {
    throw invalid(
      `Node metadata cannot contain more than ${META_MAX_PAIRS} key/value pairs, ` +
        `got ${pairs.length}`,
    );
  }
  for (const [key, value] of pairs) {
    const reason = metaPairProblem(key, value, allowedReserved);
    if (reason !== undefined) {
      const shown = value.length > 64 ? `${value.slice(0, 64)}...` : value;
      const shownKey = key.length > 64 ? `${key.slice(0, 64)}...` : key;
      throw invalid(`Couldn't load metadata pair ('${shownKey}', '${shown}'): ${reason}`);
    }
  }
}

function metaPairProblem(
  key: string,
  value: string,
  allowedReserved: readonly string[],
): string | undefined {
  if (key === '') return 'Key cannot be blank';
  if (!META_KEY.test(key)) return 'Key contains invalid characters';
  if (key.length > META_KEY_MAX_LENGTH) {
    return `Key is too long (limit: ${META_KEY_MAX_LENGTH} characters)`;
  }
  if (key.startsWith(META_RESERVED_PREFIX) && !allowedReserved.includes(key)) {
    return `Key prefix '${META_RESERVED_PREFIX}' is reserved for internal use`;
  }
  if (value.length > META_VALUE_MAX_LENGTH) {
    return `Value is too long (limit: ${META_VALUE_MAX_LENGTH} characters)`;
  }
  return undefined;
}

function validateServiceMeta(service: ServiceDefinition): void {
  const gateway = service.kind === 'mesh-gateway';
  try {
    validateMeta(service.meta, gateway ? META_GATEWAY_KEYS : []);
  } catch (cause) {
    throw invalid(`Invalid Service Meta: ${(cause as Error).message}`);
  }
}

function validatePort(what: string, port: number): void {
  if (port < 0 || port > PORT_MAX) {
    throw invalid(`${what} must be between 0 and ${PORT_MAX}, got ${port}`);
  }
}

function validateWeights(service: ServiceDefinition): void {
  const weights = service.weights;
  if (weights === undefined) return;
  if (weights.Passing < 1) throw invalid('Invalid Weights: Passing must be greater than 0');
  if (weights.Warning < 0) {
    throw invalid('Invalid Weights: Warning must be greater or equal than 0');
  }
  if (weights.Passing > WEIGHT_MAX || weights.Warning > WEIGHT_MAX) {
    throw invalid(`Invalid Weights: Passing and Warning must be at most ${WEIGHT_MAX}`);
  }
}

function validateProxy(service: ServiceDefinition): void {
  const sidecar = service.connect?.['SidecarService'] as ServiceDefinition | undefined;
  if (sidecar !== undefined) {
    if (sidecar.id !== '') {
      throw invalid('A SidecarService cannot specify an ID as this is managed by the agent');
    }
    validateUpstreams(sidecar);
    for (const check of sidecar.checks) validateCheckDefinition(check, { alone: false });
  }
  if (service.kind !== 'connect-proxy') return;
  const destination = service.proxy?.['DestinationServiceName'];
  if (typeof destination !== 'string' || destination.trim() === '') {
    throw invalid('Proxy.DestinationServiceName must be non-empty for Connect proxy services');
  }
  if (destination === '*') {
    throw invalid('Proxy.DestinationServiceName must not be a wildcard for Connect proxy services');
  }
  if (service.port === 0) throw invalid('Port must be set for a Connect proxy');
  if (service.connect?.['Native'] === true) {
    throw invalid('A Proxy cannot also be Connect Native, only typical services');
  }
  validateUpstreams(service);
}

function validateUpstreams(service: ServiceDefinition): void {
  const upstreams = service.proxy?.['Upstreams'];
  if (!Array.isArray(upstreams)) return;
  const taken = new Set<string>();
  for (const upstream of upstreams as readonly Record<string, unknown>[]) {
    const type = upstream['DestinationType'];
    if (type !== 'service' && type !== 'prepared_query') {
      throw invalid(`unknown upstream destination type: ${JSON.stringify(type)}`);
    }
    const name = upstream['DestinationName'];
    if (name === undefined) throw invalid('upstream destination name cannot be empty');
    if (name === '*') throw invalid('upstream destination name cannot be a wildcard');
    const port = upstream['LocalBindPort'];
    if (typeof port !== 'number') throw invalid('upstream local bind port cannot be zero');
    validatePort('LocalBindPort of an upstream', port);
    const key = `${upstream['LocalBindAddress'] ?? '127.0.0.1'}:${port}`;
    if (taken.has(key)) {
      throw invalid(
        'upstreams cannot contain duplicates by local bind address and port; ' +
          `"${key}" is specified twice`,
      );
    }
    taken.add(key);
  }
}
