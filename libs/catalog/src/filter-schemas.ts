/** What ?filter= may select from the rows of catalog and health. */
import { compileFilter, type FilterSchema } from '@mesh/filter';

const weights = { record: { Passing: 'number', Warning: 'number' } } as const;
const textMap = { map: 'string' } as const;
const textList = { list: 'string' } as const;
const addresses = { map: { record: { Address: 'string', Port: 'number' } } } as const;
const meshGateway = { record: { Mode: 'string' } } as const;
const connect = { record: { Native: 'bool' } } as const;

const proxy = {
  record: {
    DestinationServiceName: 'string',
    DestinationServiceID: 'string',
    LocalServiceAddress: 'string',
    LocalServicePort: 'number',
    MeshGateway: meshGateway,
    Expose: {
      record: {
        Checks: 'bool',
        Paths: {
          list: {
            record: {
              ListenerPort: 'number',
              LocalPathPort: 'number',
              Path: 'string',
              Protocol: 'string',
            },
          },
        },
      },
    },
    Upstreams: {
      list: {
        record: {
          DestinationType: 'string',
          DestinationNamespace: 'string',
          DestinationName: 'string',
          Datacenter: 'string',
          LocalBindAddress: 'string',
          LocalBindPort: 'number',
          MeshGateway: meshGateway,
        },
      },
    },
  },
} as const;

/** Fields of a CatalogNode. */
export const nodeFilter: FilterSchema = {
  ID: 'string',
  Node: 'string',
  Address: 'string',
  Datacenter: 'string',
  TaggedAddresses: textMap,
  Meta: textMap,
};

/** Fields of a NodeService. */
export const nodeServiceFilter: FilterSchema = {
  Kind: 'string',
  ID: 'string',
  Service: 'string',
  Tags: textList,
  Address: 'string',
  TaggedAddresses: addresses,
  Meta: textMap,
  Port: 'number',
  Weights: weights,
  EnableTagOverride: 'bool',
  Proxy: proxy,
  Connect: connect,
};

/** Fields of a ServiceNode. */
export const serviceNodeFilter: FilterSchema = {
  ID: 'string',
  Node: 'string',
  Address: 'string',
  Datacenter: 'string',
  TaggedAddresses: textMap,
  NodeMeta: textMap,
  ServiceKind: 'string',
  ServiceID: 'string',
  ServiceName: 'string',
  ServiceTags: textList,
  ServiceAddress: 'string',
  ServiceTaggedAddresses: addresses,
  ServiceWeights: weights,
  ServiceMeta: textMap,
  ServicePort: 'number',
  ServiceEnableTagOverride: 'bool',
  ServiceProxy: proxy,
  ServiceConnect: connect,
};

/** Fields of a HealthCheck. */
export const checkFilter: FilterSchema = {
  Node: 'string',
  CheckID: 'string',
  Name: 'string',
  Status: 'string',
  Notes: 'string',
  Output: 'string',
  ServiceID: 'string',
  ServiceName: 'string',
  ServiceTags: textList,
  Type: 'string',
};

/** Fields of a CheckServiceNode. */
export const checkServiceNodeFilter: FilterSchema = {
  Node: { record: nodeFilter },
  Service: { record: nodeServiceFilter },
  Checks: { list: { record: checkFilter } },
};

/** Fields of a GatewayService. */
export const gatewayServiceFilter: FilterSchema = {
  Gateway: { record: { Name: 'string' } },
  Service: { record: { Name: 'string' } },
  GatewayKind: 'string',
  Port: 'number',
  Protocol: 'string',
  Hosts: textList,
  CAFile: 'string',
  CertFile: 'string',
  KeyFile: 'string',
  SNI: 'string',
  FromWildcard: 'bool',
};

/**
 * Rows that satisfy a filter expression; "" keeps all. Throws `invalid-argument` for a bad
 * expression.
 */
export function keepMatching<T>(
  rows: readonly T[],
  expression: string,
  schema: FilterSchema,
): readonly T[] {
  return expression === '' ? rows : rows.filter(compileFilter(expression, schema));
}
