import { AgentPresence } from './agent-presence.ts';
import { Decisions } from './decisions.ts';
import type { Identity } from './identity.ts';
import { type LiveConnection, LiveConnections } from './live-connections.ts';
import { ProxyMetrics } from './metrics.ts';
import { configOf, type ProxyConfig } from './proxy-config.ts';
import { presentValues, type StatusParts, statusOf } from './status.ts';
import { MemoryLogger } from './testing/memory-logger.ts';
import type { UpstreamListener } from './upstream-listener.ts';

const NOW_MS = Date.parse('2026-01-01T00:01:00Z');
const identity = {
  ...{ uri: 'spiffe://x.consul/ns/default/dc/dc1/svc/db', serialNumber: '0a:0b' },
  ...{ validBefore: '2026-01-01T00:02:00Z', rootNames: ['old', 'new'], renewals: 2 },
} as unknown as Identity;

function config(address = '', port = 21000): ProxyConfig {
  const proxy = { DestinationServiceName: 'db', DestinationServiceID: 'db1' };
  return configOf({ Kind: 'connect-proxy', Address: address, Port: port, Proxy: proxy });
}

function connection(listener: string, more: Partial<LiveConnection> = {}): LiveConnection {
  return {
    ...{ direction: 'public', listener, remote: '10.0.0.2:4000', startedMs: NOW_MS - 1500 },
    peer: { trustDomain: 'x.consul', namespace: 'default', datacenter: 'dc1', service: 'web' },
    traffic: () => ({ bytesIn: 3, bytesOut: 4 }),
    reset: () => {},
    ...more,
  };
}

function parts(more: Partial<StatusParts> = {}): StatusParts {
  const upstream = { name: 'upstream cache', address: '127.0.0.1:9191', ring: { size: 3 } };
  return {
    ...{ proxyId: 'db-sidecar-proxy', presence: new AgentPresence(new MemoryLogger()), identity },
    decisions: new Decisions({ ask: () => Promise.reject(new Error('nobody')) }),
    ...{ live: new LiveConnections(), metrics: new ProxyMetrics(), config: config() },
    upstreams: [upstream as unknown as UpstreamListener],
    ...{ startedMs: NOW_MS - 60_400, nowMs: NOW_MS },
    ...more,
  };
}

describe('the status of a proxy', () => {
  it('says who it is, for how long, and until when', () => {
    expect(statusOf(parts())).toEqual({
      ...{ ProxyID: 'db-sidecar-proxy', Service: 'db', ServiceID: 'db1', UptimeSeconds: 60 },
      AgentReachable: true,
      Certificate: {
        ...{ URI: 'spiffe://x.consul/ns/default/dc/dc1/svc/db', SerialNumber: '0a:0b' },
        ...{ ValidBefore: '2026-01-01T00:02:00Z', ExpiresInSeconds: 60, Renewals: 2 },
      },
      ...{ Roots: ['old', 'new'], Intentions: 0, Denials: {}, Connections: [] },
      Listeners: [
        {
          ...{ Name: 'public listener', Address: '0.0.0.0:21000' },
          ...{ Active: 0, Total: 0, BytesIn: 0, BytesOut: 0 },
        },
        {
          ...{ Name: 'upstream cache', Address: '127.0.0.1:9191', Endpoints: 3 },
          ...{ Active: 0, Total: 0, BytesIn: 0, BytesOut: 0 },
        },
      ],
    });
  });

  it('an agent that is away, a certificate that has ended or is not there yet', () => {
    const away = parts();
    away.presence.missed('thing', 'connection refused');
    expect(statusOf(away).AgentReachable).toBe(false);
    const late = parts({ nowMs: NOW_MS + 90_000 });
    expect(statusOf(late).Certificate.ExpiresInSeconds).toBe(-30);
    const none = { ...identity, validBefore: '' } as unknown as Identity;
    expect(statusOf(parts({ identity: none })).Certificate.ExpiresInSeconds).toBe(0);
  });

  it('sums over what goes on and what is over', () => {
    const live = new LiveConnections();
    const [over, on] = [connection('public listener'), connection('public listener')];
    const traffic = () => ({ bytesIn: 10, bytesOut: 20 });
    const out = connection('upstream cache', { direction: 'upstream', traffic });
    for (const each of [over, on, out]) live.add(each);
    live.delete(over);
    const { Listeners, Connections } = statusOf(parts({ live }));
    const sums = { Active: 1, Total: 2, BytesIn: 6, BytesOut: 8 };
    expect(Listeners[0]).toMatchObject(sums);
    expect(Listeners[1]).toMatchObject({ Active: 1, Total: 1, BytesIn: 10, BytesOut: 20 });
    expect(Connections).toHaveLength(2);
    expect(Connections[0]).toEqual({
      ...{ Listener: 'public listener', Direction: 'public', Peer: 'web', AgeSeconds: 2 },
      PeerURI: 'spiffe://x.consul/ns/default/dc/dc1/svc/web',
      ...{ Remote: '10.0.0.2:4000', BytesIn: 3, BytesOut: 4 },
    });
  });

  it('shows 1,000 connections, and sums over all', () => {
    const live = new LiveConnections();
    for (let at = 0; at < 1001; at++) live.add(connection('public listener'));
    const { Connections, Listeners } = statusOf(parts({ live }));
    expect([Connections.length, Listeners[0]!.Active]).toEqual([1000, 1001]);
  });

  it('counts what was refused by its reason', () => {
    const metrics = new ProxyMetrics();
    metrics.add('denials_total', { reason: 'no certificate' }, 2);
    metrics.add('denials_total', { reason: 'other service' });
    expect(statusOf(parts({ metrics })).Denials).toEqual({
      ...{ 'no certificate': 2, 'other service': 1 },
    });
  });

  it('has no public listener where there is none; brackets stand around an IPv6 address', () => {
    const names = statusOf(parts({ config: config('', 0) })).Listeners.map(({ Name }) => Name);
    expect(names).toEqual(['upstream cache']);
    expect(statusOf(parts({ config: config('::') })).Listeners[0]!.Address).toBe('[::]:21000');
  });
});

describe('what Prometheus reads', () => {
  it('has the present values, each with its listener', () => {
    const live = new LiveConnections();
    live.add(connection('public listener'));
    const all = parts({ live });
    const lines = all.metrics.text(presentValues(all)).split('\n');
    for (const line of [
      'mesh_proxy_certificate_expiry_seconds 60',
      'mesh_proxy_certificate_renewals_total 2',
      'mesh_proxy_ca_roots 2',
      'mesh_proxy_intentions 0',
      'mesh_proxy_connections_active{listener="public listener"} 1',
      'mesh_proxy_connections_total{listener="public listener"} 1',
      'mesh_proxy_bytes_total{listener="public listener",to="service"} 3',
      'mesh_proxy_bytes_total{listener="public listener",to="peer"} 4',
      'mesh_proxy_upstream_endpoints{upstream="upstream cache"} 3',
    ]) {
      expect(lines).toContain(line);
    }
    expect(lines.filter((line) => line.includes('upstream_endpoints{'))).toHaveLength(1);
  });
});

describe('counters', () => {
  it('a label may have any characters; each metric says what it is', () => {
    const metrics = new ProxyMetrics();
    metrics.add('handshakes_total', { side: 'a"b\\c\nd' });
    expect(metrics.text()).toBe(
      [
        '# HELP mesh_proxy_handshakes_total TLS handshakes that came about.',
        '# TYPE mesh_proxy_handshakes_total counter',
        'mesh_proxy_handshakes_total{side="a\\"b\\\\c\\nd"} 1',
        '',
      ].join('\n'),
    );
  });

  it('begin no more than 4,096 series, and go on counting those', () => {
    const metrics = new ProxyMetrics();
    for (let at = 0; at < 5000; at++) metrics.add('denials_total', { reason: String(at) });
    metrics.add('denials_total', { reason: '0' });
    expect(metrics.all('denials_total').size).toBe(4096);
    expect(metrics.get('denials_total', { reason: '0' })).toBe(2);
  });
});
