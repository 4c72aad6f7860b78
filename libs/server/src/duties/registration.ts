import type { RegisterRequest } from '@mesh/api-contract';

/** What the leader must know of a member to keep its catalog entry. */
export interface RegisteredServer {
  readonly nodeId: string;
  readonly nodeName: string;
  readonly address: string;
  readonly datacenter: string;
  /** RPC port. */
  readonly port: number;
  readonly build: string;
}

/**
 * The catalog entry of an alive server: its node, the `consul` service and the `serfHealth` check, as the
 * leader writes it when the member joins.
 */
export function serverRegistration(server: RegisteredServer): RegisterRequest {
  return {
    Datacenter: server.datacenter,
    ID: server.nodeId,
    Node: server.nodeName,
    Address: server.address,
    TaggedAddresses: null,
    NodeMeta: null,
    Service: {
      ID: 'consul',
      Service: 'consul',
      Tags: [],
      Address: '',
      Meta: {
        non_voter: 'false',
        raft_version: '3',
        serf_protocol_current: '2',
        serf_protocol_max: '5',
        serf_protocol_min: '1',
        version: server.build,
      },
      Port: server.port,
      Weights: { Passing: 1, Warning: 1 },
      EnableTagOverride: false,
      Proxy: {},
      Connect: {},
    },
    Checks: [
      {
        Node: server.nodeName,
        CheckID: 'serfHealth',
        Name: 'Serf Health Status',
        Status: 'passing',
        Notes: '',
        Output: 'Agent alive and reachable',
        ServiceID: '',
        ServiceName: '',
        ServiceTags: [],
        Type: '',
        Definition: {},
      },
    ],
    SkipNodeUpdate: false,
  };
}
