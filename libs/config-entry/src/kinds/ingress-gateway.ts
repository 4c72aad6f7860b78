import { flag, invalid, list, record, refine, text, whole } from '@mesh/base';
import type { IngressGateway } from '../types.ts';
import type { KindRules } from './kind.ts';
import { entry, namespace, orElse, parts } from './shapes.ts';

const PROTOCOLS = ['tcp', 'http', 'http2', 'grpc'];
/** A label of a host's name, perhaps the wildcard (RFC 1123 2.1). */
const HOST = /^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i;

const service = refine(
  record({ Name: text, Hosts: list(text), Namespace: namespace }, { unknown: 'refuse' }),
  ({ Name, Hosts }) => ({ Name, Hosts: Hosts && Hosts.length > 0 ? Hosts : null }),
);
const listener = record(
  {
    Port: whole,
    Protocol: refine(text, (protocol) => protocol.toLowerCase() || 'tcp'),
    Services: parts(service),
  },
  { unknown: 'refuse' },
);
const tls = record({ Enabled: flag }, { unknown: 'refuse' });

/** ingress-gateway: where services are reached from outside the mesh. */
export const ingressGateway: KindRules = {
  shape: entry({ TLS: orElse(tls, { Enabled: false }), Listeners: parts(listener) }),
  check: (given) => {
    const ports = new Set<number>();
    for (const one of (given as IngressGateway).Listeners) {
      const { Port } = one;
      if (Port < 1 || Port > 65_535)
        throw invalid(`listener port ${Port}: accepted are 1 to 65535`);
      if (ports.has(Port)) throw invalid(`port ${Port} declared on two listeners`);
      ports.add(Port);
      checkListener(one);
    }
  },
};

function checkListener({ Port, Protocol, Services }: IngressGateway['Listeners'][number]): void {
  if (!PROTOCOLS.includes(Protocol)) {
    throw invalid(
      `protocol must be 'tcp', 'http', 'http2', or 'grpc'. '${Protocol}' is an unsupported protocol`,
    );
  }
  if (Services.length === 0) throw invalid(`No service declared for listener with port ${Port}`);
  const isTcp = Protocol === 'tcp';
  if (isTcp && Services.length > 1) {
    throw invalid('Multiple services per listener are only supported for L7 protocols: http, grpc');
  }
  const names = new Set<string>();
  const hosts = new Set<string>();
  for (const { Name, Hosts } of Services) {
    if (Name === '') throw invalid('Service name cannot be blank');
    if (Name === '*' && isTcp)
      throw invalid('Wildcard service name is only valid for protocol = "http"');
    if (Name === '*' && Hosts)
      throw invalid('Associating hosts to a wildcard service is not supported');
    if (isTcp && Hosts)
      throw invalid('Associating hosts to a service is not supported for the tcp protocol');
    if (names.has(Name)) {
      throw invalid(`Service ${Name} cannot be added multiple times (listener on port ${Port})`);
    }
    names.add(Name);
    for (const host of Hosts ?? []) {
      if (host !== '*' && !HOST.test(host))
        throw invalid(`Host "${host}" must be a valid DNS hostname`);
      if (hosts.has(host))
        throw invalid(`Hosts must be unique within a specific listener: "${host}"`);
      hosts.add(host);
    }
  }
}
