/** Counters of a proxy, as Prometheus reads them. */
export class ProxyMetrics {
  private readonly values = new Map<string, number>();

  add(name: string, labels: Readonly<Record<string, string>> = {}, value = 1): void {
    const key = `${name}${labelText(labels)}`;
    this.values.set(key, (this.values.get(key) ?? 0) + value);
  }

  /** Text format 0.0.4. */
  text(): string {
    const lines = [...this.values].sort(([a], [b]) => (a < b ? -1 : 1));
    return lines.map(([key, value]) => `mesh_proxy_${key} ${value}\n`).join('');
  }

  get(name: string, labels: Readonly<Record<string, string>> = {}): number {
    return this.values.get(`${name}${labelText(labels)}`) ?? 0;
  }
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/[\\"\n]/g, '_')}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
