/**
 * The proxy and connect blocks of a registration in the form in which they are stored and shown:
 * fields in the API's order, empty ones left out, maps sorted by key.
 */
import type { ConnectConfig, ProxyConfig } from '@mesh/api-contract';
import { flag, invalid, list, optional, record, type ShapePath, text, whole } from '@mesh/base';

/**
 * Nesting that an opaque Config may have; whatever walks it recursively stays far from the stack's
 * end.
 */
const MAX_CONFIG_DEPTH = 32;

const meshGateway = optional(record({ Mode: text }));

const exposePath = record({
  ListenerPort: whole,
  Path: text,
  LocalPathPort: whole,
  Protocol: text,
  ParsedFromCheck: flag,
});

const upstream = record({
  DestinationType: text,
  DestinationNamespace: text,
  DestinationName: text,
  Datacenter: text,
  LocalBindAddress: text,
  LocalBindPort: whole,
  Config: opaque(),
  MeshGateway: meshGateway,
});

const proxy = record(
  {
    DestinationServiceName: text,
    DestinationServiceID: text,
    LocalServiceAddress: text,
    LocalServicePort: whole,
    Config: opaque(),
    Upstreams: list(upstream),
    MeshGateway: meshGateway,
    Expose: optional(record({ Checks: flag, Paths: list(exposePath) })),
  },
  { aliases: { destination_service: 'DestinationServiceName' } },
);

/** Stored form of a `Proxy` block; null is the empty one. Throws `invalid-argument`. */
export function normalizeProxy(raw: unknown, path: ShapePath = 'Proxy'): ProxyConfig {
  const value = proxy.decode(raw ?? {}, path);
  return compact({
    DestinationServiceName: value.DestinationServiceName,
    DestinationServiceID: value.DestinationServiceID,
    LocalServiceAddress: value.LocalServiceAddress,
    LocalServicePort: value.LocalServicePort,
    Config: value.Config,
    Upstreams: value.Upstreams?.map((each) => ({
      ...compact({ ...each, DestinationType: each.DestinationType || 'service' }, ['MeshGateway']),
      MeshGateway: compact(each.MeshGateway ?? {}),
    })),
    MeshGateway: compact(value.MeshGateway ?? {}),
    Expose: compact({
      Checks: value.Expose?.Checks,
      Paths: value.Expose?.Paths?.map((each) => compact(each)),
    }),
  });
}

/** Stored form of a `Connect` block: a sidecar is a registration of its own by then. */
export function normalizeConnect(raw: unknown, path: ShapePath = 'Connect'): ConnectConfig {
  const value = record({ Native: flag }).decode(raw ?? {}, path);
  return value.Native ? { Native: true } : {};
}

/**
 * Drops what Go's `omitempty` drops: "", 0, false, null, empty lists, and opaque maps without
 * content.
 */
function compact(
  fields: Readonly<Record<string, unknown>>,
  drop: readonly string[] = [],
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (drop.includes(key)) continue;
    if (value === '' || value === 0 || value === false) continue;
    if (value === null || value === undefined) continue;
    if (Array.isArray(value) && value.length === 0) continue;
    out[key] = value;
  }
  return out;
}

/** Free-form JSON, copied with its keys sorted; undefined when empty. */
function opaque() {
  return {
    decode(value: unknown, path: ShapePath): Record<string, unknown> | undefined {
      if (value === null || value === undefined) return undefined;
      if (typeof value !== 'object' || Array.isArray(value)) {
        throw invalid(`${path}: expected an object`);
      }
      const copy = sorted(value, path, 0) as Record<string, unknown>;
      return Object.keys(copy).length === 0 ? undefined : copy;
    },
  };
}

function sorted(value: unknown, path: ShapePath, depth: number): unknown {
  if (depth > MAX_CONFIG_DEPTH) {
    throw invalid(`${path}: nested deeper than ${MAX_CONFIG_DEPTH} levels`);
  }
  if (Array.isArray(value)) return value.map((element) => sorted(element, path, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, element]) => [key, sorted(element, path, depth + 1)]),
  );
}
