import { invalid } from '@mesh/base';
import type { StateView } from '@mesh/state';
import { configEntriesOf, configEntry } from './queries.ts';
import type {
  ConfigEntry,
  ConfigKind,
  NewConfigEntry,
  ProxyDefaults,
  ServiceDefaults,
  ServiceResolver,
  ServiceRouter,
  ServiceSplitter,
} from './types.ts';
import { GLOBAL } from './types.ts';

/** Protocols with requests that can be told apart. */
const WITH_REQUESTS = new Set(['http', 'http2', 'grpc']);
/** Kinds whose names begin a chain. */
const CHAIN_KINDS = ['service-router', 'service-splitter', 'service-resolver'] as const;
/** Services that one chain may lead to: what is beyond is no configuration of people. */
const MAX_SERVICES = 4096;

/** Looks up entries as they will be. */
type Lookup = <T extends NewConfigEntry>(kind: T['Kind'], name: string) => T | undefined;

/** A change that is about to be made: an entry that is stored, or none in its place. */
export interface ChainChange {
  readonly kind: ConfigKind;
  readonly name: string;
  readonly entry: NewConfigEntry | undefined;
}

/**
 * Makes sure that every discovery chain makes sense once a change is made: one protocol all along, requests
 * where they are told apart, no redirects in a circle. Throws `invalid-argument` with the chain and the service.
 */
export function checkChains(view: StateView, change: ChainChange): void {
  const lookup: Lookup = <T extends NewConfigEntry>(kind: T['Kind'], name: string) => {
    if (kind === change.kind && name === change.name) return change.entry as T | undefined;
    return configEntry<T & ConfigEntry>(view, kind as ConfigKind, name) as T | undefined;
  };
  const names = new Set<string>();
  for (const kind of CHAIN_KINDS) {
    for (const { Name } of configEntriesOf(view, kind)) names.add(Name);
  }
  if (change.name !== GLOBAL || change.kind !== 'proxy-defaults') names.add(change.name);
  for (const name of names) checkChain(name, lookup);
}

/** The protocol of a service: its own, that of all proxies, or tcp. */
function protocolOf(name: string, lookup: Lookup): string {
  const own = lookup<ServiceDefaults>('service-defaults', name)?.Protocol;
  if (own) return own.toLowerCase();
  const shared = lookup<ProxyDefaults>('proxy-defaults', GLOBAL)?.Config['protocol'];
  return typeof shared === 'string' && shared !== '' ? shared.toLowerCase() : 'tcp';
}

function checkChain(start: string, lookup: Lookup): void {
  const router = lookup<ServiceRouter>('service-router', start);
  const splitter = lookup<ServiceSplitter>('service-splitter', start);
  const resolver = lookup<ServiceResolver>('service-resolver', start);
  if (!router && !splitter && !resolver) return;
  const protocol = protocolOf(start, lookup);
  if ((router || splitter) && !WITH_REQUESTS.has(protocol)) {
    throw invalid(
      `discovery chain "${start}" uses a protocol "${protocol}" that does not permit advanced ` +
        'routing or splitting behavior',
    );
  }
  for (const service of servicesOf(start, lookup)) {
    const other = protocolOf(service, lookup);
    if (other === protocol) continue;
    throw invalid(
      `discovery chain "${start}" uses inconsistent protocols; service "${service}" has ` +
        `"${other}" which is not "${protocol}"`,
    );
  }
}

/** All services that a chain leads to. Throws where redirects go in a circle. */
function servicesOf(start: string, lookup: Lookup): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [
    start,
    ...(lookup<ServiceRouter>('service-router', start)?.Routes ?? []).map(
      ({ Destination }) => Destination?.Service || start,
    ),
  ];
  while (waiting.length > 0) {
    const name = waiting.pop()!;
    if (found.has(name)) continue;
    if (found.size >= MAX_SERVICES) {
      throw invalid(`discovery chain "${start}" leads to more than ${MAX_SERVICES} services`);
    }
    found.add(name);
    for (const { Service } of lookup<ServiceSplitter>('service-splitter', name)?.Splits ?? []) {
      if (Service) waiting.push(Service);
    }
    waiting.push(...resolvedTo(start, name, lookup));
  }
  return found;
}

/** What a name is resolved to: where redirects end, and where it fails over to. */
function resolvedTo(start: string, name: string, lookup: Lookup): readonly string[] {
  const seen = new Set([name]);
  let resolver = lookup<ServiceResolver>('service-resolver', name);
  checkExternal(name, resolver, lookup);
  const targets = Object.values(resolver?.Failover ?? {}).map(({ Service }) => Service ?? name);
  for (;;) {
    const next = resolver?.Redirect?.Service;
    if (!next || next === resolver?.Name) return [...seen, ...targets];
    if (seen.has(next)) {
      throw invalid(
        `discovery chain "${start}" has a circular resolver redirect: ${[...seen, next].join(' -> ')}`,
      );
    }
    seen.add(next);
    resolver = lookup<ServiceResolver>('service-resolver', next);
  }
}

/** Services outside the mesh are one thing, known by its SNI. */
function checkExternal(name: string, resolver: ServiceResolver | undefined, lookup: Lookup): void {
  if (!resolver || !lookup<ServiceDefaults>('service-defaults', name)?.ExternalSNI) return;
  const refuse = (what: string) => {
    throw invalid(
      `service "${name}" has an external SNI set; cannot define ${what} for external services`,
    );
  };
  if (Object.keys(resolver.Subsets ?? {}).length > 0) refuse('subsets');
  if (resolver.Redirect) refuse('redirect');
  if (Object.keys(resolver.Failover ?? {}).length > 0) refuse('failover');
}
