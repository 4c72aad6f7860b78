import type { RaftIndex } from '@mesh/api-contract';

/** What central configuration there is. */
export const KINDS = [
  'ingress-gateway',
  'proxy-defaults',
  'service-defaults',
  'service-resolver',
  'service-router',
  'service-splitter',
  'terminating-gateway',
] as const;

export type ConfigKind = (typeof KINDS)[number];

/** An entry as it was asked for: checked, and with the API's names. */
export interface NewConfigEntry {
  readonly Kind: ConfigKind;
  readonly Name: string;
  readonly [field: string]: unknown;
}

/** An entry of the state. */
export type ConfigEntry = NewConfigEntry & RaftIndex;

/** The one name that proxy-defaults have. */
export const GLOBAL = 'global';

export function isKind(text: string): text is ConfigKind {
  return (KINDS as readonly string[]).includes(text);
}

interface MeshGateway {
  readonly Mode?: string;
}

interface Expose {
  readonly Checks?: boolean;
  readonly Paths?: readonly Readonly<Record<string, unknown>>[];
}

/** service-defaults: what holds for all instances of a service. */
export interface ServiceDefaults extends NewConfigEntry {
  readonly Kind: 'service-defaults';
  readonly Protocol: string;
  readonly MeshGateway: MeshGateway;
  readonly Expose: Expose;
  readonly ExternalSNI?: string;
}

/** proxy-defaults: what holds for all proxies. */
export interface ProxyDefaults extends NewConfigEntry {
  readonly Kind: 'proxy-defaults';
  readonly Config: Readonly<Record<string, unknown>>;
  readonly MeshGateway: MeshGateway;
  readonly Expose: Expose;
}

/** service-resolver: which instances a service's name stands for. */
export interface ServiceResolver extends NewConfigEntry {
  readonly Kind: 'service-resolver';
  /** Duration such as 15s. */
  readonly ConnectTimeout?: string;
  readonly DefaultSubset?: string;
  readonly Subsets?: Readonly<Record<string, unknown>>;
  readonly Redirect?: {
    readonly Service?: string;
    readonly ServiceSubset?: string;
    readonly Datacenter?: string;
  };
  readonly Failover?: Readonly<
    Record<
      string,
      {
        readonly Service?: string;
        readonly ServiceSubset?: string;
        readonly Datacenters?: readonly string[];
      }
    >
  >;
}

/** service-splitter: parts of the traffic to several services. */
export interface ServiceSplitter extends NewConfigEntry {
  readonly Kind: 'service-splitter';
  readonly Splits: readonly {
    readonly Weight: number;
    readonly Service?: string;
    readonly ServiceSubset?: string;
  }[];
}

/** service-router: requests to services by what they ask for. */
export interface ServiceRouter extends NewConfigEntry {
  readonly Kind: 'service-router';
  readonly Routes?: readonly { readonly Destination?: { readonly Service?: string } }[];
}

/** ingress-gateway: services that are reached from outside the mesh. */
export interface IngressGateway extends NewConfigEntry {
  readonly Kind: 'ingress-gateway';
  readonly Listeners: readonly {
    readonly Port: number;
    readonly Protocol: string;
    readonly Services: readonly {
      readonly Name: string;
      readonly Hosts: readonly string[] | null;
    }[];
  }[];
}
