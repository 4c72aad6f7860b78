import { invalid } from '@mesh/base';

/** Who a service is (SPIFFE ID in the form of the original). */
export interface ServiceIdentity {
  readonly trustDomain: string;
  readonly namespace: string;
  readonly datacenter: string;
  readonly service: string;
}

/** Trust domain of a cluster. */
export function trustDomainOf(clusterId: string): string {
  return `${clusterId}.consul`;
}

/** `spiffe://TRUST_DOMAIN/ns/default/dc/DC/svc/NAME`, each part percent-encoded. */
export function serviceUri(identity: ServiceIdentity): string {
  const { trustDomain, namespace, datacenter, service } = identity;
  const parts = ['ns', namespace, 'dc', datacenter, 'svc', service].map(encodeURIComponent);
  return `spiffe://${trustDomain}/${parts.join('/')}`;
}

/** URI of the authority itself. */
export function rootUri(trustDomain: string): string {
  return `spiffe://${trustDomain}`;
}

const SERVICE_PATH = /^spiffe:\/\/([^/]+)\/ns\/([^/]+)\/dc\/([^/]+)\/svc\/([^/]+)$/;

/** Reads the URI of a service; undefined when it is none. */
export function parseServiceUri(uri: string): ServiceIdentity | undefined {
  const match = SERVICE_PATH.exec(uri);
  if (!match) return undefined;
  try {
    const [namespace, datacenter, service] = match.slice(2).map(decodeURIComponent) as [
      string,
      string,
      string,
    ];
    return { trustDomain: match[1]!.toLowerCase(), namespace, datacenter, service };
  } catch {
    return undefined;
  }
}

/** Cluster that a trust domain is named after. */
export function clusterOf(trustDomain: string): string {
  return trustDomain.replace(/\.consul$/, '');
}

/** Common name of a service's certificate, at most 64 characters (RFC 5280 A.1). */
export function leafCommonName(service: string, clusterId: string): string {
  const label = service.toLowerCase().replace(/[^a-z0-9]/g, '');
  const rest = `.svc.default.${clusterId.slice(0, 8)}.consul`;
  return `${label.slice(0, 64 - rest.length)}${rest}`;
}

/** Common name of an authority's certificate. */
export function rootCommonName(random: string, clusterId: string): string {
  return `pri-${random}.consul.ca.${clusterId.slice(0, 8)}.consul`;
}

/** Throws `invalid-argument` for a name that no service can have. */
export function requireServiceName(name: string): string {
  if (name === '' || name.length > 255 || name.includes('\0')) {
    throw invalid('a service name of 1 to 255 characters is accepted');
  }
  return name;
}
