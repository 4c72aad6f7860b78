import type { StateView } from '@mesh/state';
import { configEntry } from './queries.ts';
import { GLOBAL, type ProxyDefaults, type ServiceDefaults } from './types.ts';

type Settings = Readonly<Record<string, unknown>>;
type WithIndex<T> = T & { readonly CreateIndex: number; readonly ModifyIndex: number };

/** Central configuration of one service, and of its upstreams. */
export interface ResolvedConfig {
  /** Goes under the proxy's own Config. */
  readonly ProxyConfig: Settings;
  /** By the upstream's name: goes under its Config. */
  readonly UpstreamConfigs: Readonly<Record<string, Settings>>;
  readonly MeshGateway: Settings;
  readonly Expose: Settings;
}

/** proxy-defaults, and over them the service's own defaults. */
export function resolveServiceConfig(
  view: StateView,
  service: string,
  upstreams: readonly string[],
): ResolvedConfig {
  const shared = configEntry<WithIndex<ProxyDefaults>>(view, 'proxy-defaults', GLOBAL);
  const own = configEntry<WithIndex<ServiceDefaults>>(view, 'service-defaults', service);
  const protocols = upstreams.flatMap((name) => {
    const defaults = configEntry<WithIndex<ServiceDefaults>>(view, 'service-defaults', name);
    const protocol = defaults?.Protocol || shared?.Config['protocol'];
    return protocol ? [[name, { protocol }] as const] : [];
  });
  const protocol = own?.Protocol ? { protocol: own.Protocol } : {};
  return {
    ProxyConfig: { ...shared?.Config, ...protocol },
    UpstreamConfigs: Object.fromEntries(protocols),
    MeshGateway: { ...shared?.MeshGateway, ...own?.MeshGateway },
    Expose: { ...shared?.Expose, ...own?.Expose },
  };
}
