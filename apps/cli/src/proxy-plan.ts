import { invalid } from '@mesh/base';
import { DEFAULTS, hostPort, type ProxyConfig, type UpstreamConfig } from '@mesh/proxy';
import type { AgentApi } from './agent-api/agent-api.ts';

/** What the command line asks for. */
export interface ProxyRequest {
  readonly proxyId: string;
  readonly sidecarFor: string;
  readonly service: string;
  readonly serviceAddress: string;
  readonly listen: string;
  readonly upstreams: readonly string[];
  readonly register: boolean;
  readonly registerId: string;
}

/** What the proxy is to do: by its registration in the agent, which may change, or by flags. */
export interface ProxyPlan {
  readonly banner: readonly string[];
  /** Id of the registration; '' where flags say all. */
  readonly proxyId: string;
  readonly config: ProxyConfig | undefined;
  /** It registers itself, with this behind its id; undefined: it does not. */
  readonly registerSuffix: string | undefined;
}

interface ListedService {
  readonly ID: string;
  readonly Kind?: string;
  readonly Proxy?: { readonly DestinationServiceID?: string };
}

const LABEL_WIDTH = 22;

/** Finds out what the proxy is to do. Rejects with an error that says what is missing. */
export async function planProxy(api: AgentApi, request: ProxyRequest): Promise<ProxyPlan> {
  const { sidecarFor, service, register, registerId } = request;
  if (register && (service === '' || request.listen === '')) {
    throw invalid('-register needs -service and -listen');
  }
  const proxyId = sidecarFor === '' ? request.proxyId : await sidecarOf(api, sidecarFor);
  if (proxyId !== '') {
    const banner = [
      row('Configuration mode', 'Agent API'),
      ...(sidecarFor === '' ? [] : [row('Sidecar for ID', sidecarFor)]),
      row('Proxy ID', proxyId),
    ];
    return { banner, proxyId, config: undefined, registerSuffix: undefined };
  }
  if (service === '') {
    throw invalid('-service or -proxy-id must be specified so that proxy can configure itself.');
  }
  const config = byFlags(request);
  const { bindAddress, bindPort, localAddress, localPort } = config.publicListener;
  const publicListener =
    bindPort > 0 ? `${bindAddress}:${bindPort} => ${localAddress}:${localPort}` : 'Disabled';
  const banner = [
    row('Configuration mode', 'Flags'),
    row('Service', service),
    ...config.upstreams.map(({ name, bindPort: port }) => row('Upstream', `${name} => :${port}`)),
    row('Public listener', publicListener),
  ];
  return { banner, proxyId: '', config, registerSuffix: register ? registerId : undefined };
}

async function sidecarOf(api: AgentApi, serviceId: string): Promise<string> {
  const services = await api.get<Readonly<Record<string, ListedService>>>('/v1/agent/services');
  const sidecars = Object.values(services).filter(
    ({ Kind, Proxy: proxy }) =>
      Kind === 'connect-proxy' && proxy?.DestinationServiceID === serviceId,
  );
  const [first, ...more] = sidecars.map(({ ID }) => ID);
  if (first === undefined) throw invalid(`No sidecar proxy registered for ${serviceId}`);
  if (more.length === 0) return first;
  const ids = [first, ...more].sort().join(', ');
  throw invalid(
    `More than one sidecar proxy registered for ${serviceId}. Start proxy with -proxy-id and one of ` +
      `the following IDs: ${ids}`,
  );
}

function byFlags({ service, serviceAddress, listen, upstreams }: ProxyRequest): ProxyConfig {
  if (listen !== '' && serviceAddress === '') throw invalid('-listen needs -service-addr');
  const bind = listen === '' ? { host: '', port: 0 } : hostPort('-listen', listen);
  const local =
    serviceAddress === '' ? { host: '', port: 0 } : hostPort('-service-addr', serviceAddress);
  const { connectTimeoutMs, handshakeTimeoutMs, idleTimeoutMs, maxConnections } = DEFAULTS;
  return {
    service,
    serviceId: '',
    publicListener: {
      bindAddress: bind.host || DEFAULTS.bindAddress,
      bindPort: bind.port,
      localAddress: local.host || DEFAULTS.localAddress,
      localPort: local.port,
      ...{ connectTimeoutMs, handshakeTimeoutMs, idleTimeoutMs, maxConnections },
    },
    denyClosesConnections: true,
    drainTimeoutMs: DEFAULTS.drainTimeoutMs,
    metricsAddress: '',
    upstreams: upstreams.map(upstreamOf),
  };
}

/** `NAME:PORT` or `NAME:ADDRESS:PORT`. */
function upstreamOf(text: string): UpstreamConfig {
  const colon = text.indexOf(':');
  const name = text.slice(0, Math.max(0, colon));
  const rest = text.slice(colon + 1);
  if (name === '' || rest === '') {
    throw invalid(`Upstream value should be name:addr in ${text}`);
  }
  const { host, port } = hostPort('-upstream', rest.includes(':') ? rest : `:${rest}`);
  const { connectTimeoutMs, idleTimeoutMs, maxConnections } = DEFAULTS;
  return {
    ...{ type: 'service', name, datacenter: '', bindPort: port },
    bindAddress: host || DEFAULTS.localAddress,
    ...{ connectTimeoutMs, idleTimeoutMs, maxConnections },
  };
}

function row(label: string, value: string): string {
  return `${`${label}:`.padStart(LABEL_WIDTH + 1)} ${value}`;
}
