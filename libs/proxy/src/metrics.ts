import type { MetricLabels } from '@mesh/base';

type Kind = 'counter' | 'gauge';

/** Every metric of a proxy: kind and meaning. Names have `mesh_proxy_` in front. */
const METRICS = {
  bytes_total: ['counter', 'Bytes of the services, without those of TLS.'],
  ca_roots: ['gauge', 'Authorities that are trusted.'],
  certificate_expiry_seconds: ['gauge', 'Until the certificate expires.'],
  certificate_renewals_total: ['counter', 'Certificates taken after the first.'],
  closed_by_intention_total: ['counter', 'Live connections that an intention ended.'],
  connections_active: ['gauge', 'Connections that go on.'],
  connections_total: ['counter', 'Connections that were passed on.'],
  denials_total: ['counter', 'Connections that were refused, by reason.'],
  handshakes_failed_total: ['counter', 'TLS handshakes that broke off, by reason.'],
  handshakes_total: ['counter', 'TLS handshakes that came about.'],
  intentions: ['gauge', 'Intentions that match the service.'],
  service_failures_total: ['counter', 'Connections to the service itself that failed.'],
  upstream_endpoints: ['gauge', 'Healthy instances of an upstream.'],
  upstream_failures_total: ['counter', 'Connections for which no instance was reached.'],
  upstream_retries_total: ['counter', 'Further instances that were tried.'],
} as const satisfies Readonly<Record<string, readonly [Kind, string]>>;

export type MetricName = keyof typeof METRICS;

/** A value as it stands when it is asked for. */
export interface MetricValue {
  readonly name: MetricName;
  readonly labels?: MetricLabels;
  readonly value: number;
}

/** Series beyond this are not begun: labels are few by design. */
const MAX_SERIES = 4096;

/** Counters of a proxy. */
export class ProxyMetrics {
  private readonly series = new Map<MetricName, Map<string, number>>();
  private count = 0;

  add(name: MetricName, labels: MetricLabels = {}, value = 1): void {
    let values = this.series.get(name);
    if (!values) {
      values = new Map();
      this.series.set(name, values);
    }
    const key = labelText(labels);
    const before = values.get(key);
    if (before === undefined && ++this.count > MAX_SERIES) return;
    values.set(key, (before ?? 0) + value);
  }

  get(name: MetricName, labels: MetricLabels = {}): number {
    return this.series.get(name)?.get(labelText(labels)) ?? 0;
  }

  /** Counters by their labels, as text. */
  all(name: MetricName): ReadonlyMap<string, number> {
    return this.series.get(name) ?? new Map();
  }

  /**
   * Prometheus text format 0.0.4.
   * @param present values that are not counted but looked up
   */
  text(present: readonly MetricValue[] = []): string {
    const lines: string[] = [];
    for (const [name, [kind, help]] of Object.entries(METRICS)) {
      const values = new Map(this.series.get(name as MetricName) ?? []);
      for (const { name: other, labels = {}, value } of present) {
        if (other === name) values.set(labelText(labels), value);
      }
      if (values.size === 0) continue;
      const full = `mesh_proxy_${name}`;
      lines.push(`# HELP ${full} ${help}`, `# TYPE ${full} ${kind}`);
      for (const [labels, value] of [...values].sort(([a], [b]) => (a < b ? -1 : 1))) {
        lines.push(`${full}${labels} ${value}`);
      }
    }
    return `${lines.join('\n')}\n`;
  }
}

function labelText(labels: MetricLabels): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    const escaped = String(value)
      .replaceAll('\\', '\\\\')
      .replaceAll('"', '\\"')
      .replaceAll('\n', '\\n');
    return `${name}="${escaped}"`;
  });
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
