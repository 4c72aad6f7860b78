import { serviceUri } from '@mesh/connect-ca';
import type { AgentPresence } from './agent-presence.ts';
import type { Decisions } from './decisions.ts';
import { hostAndPort } from './endpoints.ts';
import type { Identity } from './identity.ts';
import type { Direction, LiveConnections } from './live-connections.ts';
import type { MetricValue, ProxyMetrics } from './metrics.ts';
import type { ProxyConfig } from './proxy-config.ts';
import { PUBLIC_LISTENER } from './public-listener.ts';
import type { UpstreamListener } from './upstream-listener.ts';

/** Connections that are shown; the sums are over all. */
const MAX_SHOWN = 1000;

/** What a proxy says of itself. */
export interface ProxyStatus {
  readonly ProxyID: string;
  readonly Service: string;
  /** Of the instance in the agent; '' where it is not known. */
  readonly ServiceID: string;
  readonly UptimeSeconds: number;
  readonly AgentReachable: boolean;
  readonly Certificate: {
    readonly URI: string;
    readonly SerialNumber: string;
    /** RFC 3339. */
    readonly ValidBefore: string;
    readonly ExpiresInSeconds: number;
    readonly Renewals: number;
  };
  /** Common names. */
  readonly Roots: readonly string[];
  readonly Intentions: number;
  readonly Listeners: readonly ListenerStatus[];
  /** Reason -> how often. */
  readonly Denials: Readonly<Record<string, number>>;
  /** At most 1,000. */
  readonly Connections: readonly ConnectionStatus[];
}

export interface ListenerStatus {
  readonly Name: string;
  /** `HOST:PORT`. */
  readonly Address: string;
  /** Healthy instances of an upstream; undefined for the public listener. */
  readonly Endpoints?: number;
  readonly Active: number;
  readonly Total: number;
  readonly BytesIn: number;
  readonly BytesOut: number;
}

export interface ConnectionStatus {
  readonly Listener: string;
  readonly Direction: Direction;
  readonly Peer: string;
  readonly PeerURI: string;
  readonly Remote: string;
  readonly AgeSeconds: number;
  readonly BytesIn: number;
  readonly BytesOut: number;
}

export interface StatusParts {
  readonly proxyId: string;
  readonly presence: AgentPresence;
  readonly identity: Identity;
  readonly decisions: Decisions;
  readonly live: LiveConnections;
  readonly metrics: ProxyMetrics;
  readonly upstreams: readonly UpstreamListener[];
  readonly config: ProxyConfig;
  readonly startedMs: number;
  readonly nowMs: number;
}

const NOTHING = { active: 0, total: 0, bytesIn: 0, bytesOut: 0 };

/** The status as of now. */
export function statusOf(parts: StatusParts): ProxyStatus {
  const { identity, decisions, live, metrics, nowMs } = parts;
  const connections = live.list().slice(0, MAX_SHOWN);
  return {
    ProxyID: parts.proxyId,
    Service: parts.config.service,
    ServiceID: parts.config.serviceId,
    UptimeSeconds: seconds(nowMs - parts.startedMs),
    AgentReachable: !parts.presence.isAway,
    Certificate: {
      URI: identity.uri,
      SerialNumber: identity.serialNumber,
      ValidBefore: identity.validBefore,
      ExpiresInSeconds: expiresInS(parts),
      Renewals: identity.renewals,
    },
    Roots: identity.rootNames,
    Intentions: decisions.count,
    Listeners: listenersOf(parts),
    Denials: Object.fromEntries(
      [...metrics.all('denials_total')].map(([labels, count]) => [labelValue(labels), count]),
    ),
    Connections: connections.map((connection) => {
      const { bytesIn, bytesOut } = connection.traffic();
      return {
        Listener: connection.listener,
        Direction: connection.direction,
        Peer: connection.peer.service,
        PeerURI: serviceUri(connection.peer),
        Remote: connection.remote,
        AgeSeconds: seconds(nowMs - connection.startedMs),
        BytesIn: bytesIn,
        BytesOut: bytesOut,
      };
    }),
  };
}

/** Values for Prometheus that are not counted one by one. */
export function presentValues(parts: StatusParts): readonly MetricValue[] {
  const { identity, decisions } = parts;
  const values: MetricValue[] = [
    { name: 'certificate_expiry_seconds', value: expiresInS(parts) },
    { name: 'certificate_renewals_total', value: identity.renewals },
    { name: 'ca_roots', value: identity.rootNames.length },
    { name: 'intentions', value: decisions.count },
  ];
  for (const listener of listenersOf(parts)) {
    const labels = { listener: listener.Name };
    values.push(
      { name: 'connections_active', labels, value: listener.Active },
      { name: 'connections_total', labels, value: listener.Total },
      { name: 'bytes_total', labels: { ...labels, to: 'service' }, value: listener.BytesIn },
      { name: 'bytes_total', labels: { ...labels, to: 'peer' }, value: listener.BytesOut },
    );
    if (listener.Endpoints === undefined) continue;
    const upstream = { upstream: listener.Name };
    values.push({ name: 'upstream_endpoints', labels: upstream, value: listener.Endpoints });
  }
  return values;
}

function listenersOf({ config, live, upstreams }: StatusParts): readonly ListenerStatus[] {
  const totals = live.totals();
  const { bindAddress, bindPort } = config.publicListener;
  const own =
    bindPort > 0 ? [{ name: PUBLIC_LISTENER, address: hostAndPort(bindAddress, bindPort) }] : [];
  const all = [
    ...own.map((each) => ({ ...each, endpoints: undefined })),
    ...upstreams.map(({ name, address, ring }) => ({ name, address, endpoints: ring.size })),
  ];
  return all.map(({ name, address, endpoints }) => {
    const { active, total, bytesIn, bytesOut } = totals.get(name) ?? NOTHING;
    return {
      ...{ Name: name, Address: address },
      ...(endpoints === undefined ? {} : { Endpoints: endpoints }),
      ...{ Active: active, Total: total, BytesIn: bytesIn, BytesOut: bytesOut },
    };
  });
}

function expiresInS({ identity, nowMs }: StatusParts): number {
  return identity.validBefore === '' ? 0 : seconds(Date.parse(identity.validBefore) - nowMs);
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}

/** The only label's value. */
function labelValue(labels: string): string {
  return /"(.*)"/.exec(labels)?.[1] ?? labels;
}
