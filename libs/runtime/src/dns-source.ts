import { parseDuration } from '@mesh/base';
import { catalogAddressOwners, catalogDatacenters, catalogNode } from '@mesh/catalog';
import { nearestFirst } from '@mesh/coordinate';
import type {
  AddressOwners,
  DnsInstance,
  DnsNode,
  DnsSource,
  PreparedAnswer,
  PreparedLookup,
  SourceReply,
} from '@mesh/dns';
import { healthServiceNodes } from '@mesh/health';
import { queryExecute } from '@mesh/prepared-query';
import { PLAIN_READ, type ReadEndpoint, type Rpc } from '@mesh/resource';

export interface RpcDnsSourceOptions {
  /** The agent's own datacenter. */
  readonly datacenter: string;
  /** The agent's own node, for queries that sort by distance from `_agent`. */
  readonly nodeName: string;
  /** Any server may answer (`dns_config.allow_stale`). */
  readonly allowStale: boolean;
  /** An answer older than this is asked for again from the leader (`dns_config.max_stale`), milliseconds. */
  readonly maxStaleMs: number;
  /** Token of DNS reads; "" for the anonymous one. @default "" */
  readonly token?: () => string;
}

/** The catalog for DNS, read over the RPC; every answer tells when it stops being right. */
export function rpcDnsSource(rpc: Rpc, options: RpcDnsSourceOptions): DnsSource {
  return new RpcDnsSource(rpc, options);
}

class RpcDnsSource implements DnsSource {
  private readonly rpc: Rpc;
  private readonly options: RpcDnsSourceOptions;

  constructor(rpc: Rpc, options: RpcDnsSourceOptions) {
    this.rpc = rpc;
    this.options = options;
  }

  node(datacenter: string, name: string): Promise<SourceReply<DnsNode | null>> {
    return this.read(datacenter, catalogNode, { node: name }, null);
  }

  instances(
    lookup: Parameters<DnsSource['instances']>[0],
  ): Promise<SourceReply<readonly DnsInstance[]>> {
    const query = {
      service: lookup.service,
      connect: lookup.kind === 'connect',
      ingress: lookup.kind === 'ingress',
      tags: lookup.tag === '' ? [] : [lookup.tag],
      nodeMeta: {},
      passingOnly: false,
      filter: '',
    };
    return this.read(lookup.datacenter, healthServiceNodes, query, []);
  }

  addressOwners(datacenter: string, address: string): Promise<SourceReply<AddressOwners>> {
    const nobody = { nodes: [], services: [] };
    return this.read(datacenter, catalogAddressOwners, { address }, nobody);
  }

  async preparedQuery({
    datacenter,
    name,
  }: PreparedLookup): Promise<SourceReply<PreparedAnswer | null>> {
    const args = { idOrName: name, segment: '', connect: false };
    const reply = await this.read(datacenter, queryExecute, args, null);
    if (!reply.value) return { ...reply, value: null };
    const { query, result } = reply.value;
    const near = query.Service.Near;
    const answer = {
      service: result.Service,
      ttlMs: result.DNS.TTL === '' ? undefined : parseDuration(result.DNS.TTL),
      instances: result.Nodes,
      ordered: near !== '',
    };
    if (near === '') return { ...reply, value: answer };
    const from = near === '_agent' ? this.options.nodeName : near;
    const instances = await nearestFirst(
      this.rpc,
      from,
      result.Nodes,
      ({ Node }) => Node.Node,
      PLAIN_READ,
    );
    // Sorted by coordinates, which the read does not watch: good for this one answer.
    return { value: { ...answer, instances } };
  }

  /** `absent` is the value in a datacenter that does not exist. */
  private async read<A, R>(
    datacenter: string,
    endpoint: ReadEndpoint<A, R>,
    args: A,
    absent: R,
  ): Promise<SourceReply<R>> {
    const { allowStale, maxStaleMs } = this.options;
    const token = this.options.token?.() ?? '';
    const isLocal = datacenter === this.options.datacenter;
    if (!isLocal && !(await this.isKnown(datacenter))) return { value: absent };
    const read = { ...PLAIN_READ, token, datacenter: isLocal ? '' : datacenter, track: true };
    if (!allowStale) return this.rpc.read(endpoint, args, read);
    const reply = await this.rpc.read(endpoint, args, { ...read, consistency: 'stale' });
    return reply.lastContactMs <= maxStaleMs ? reply : this.rpc.read(endpoint, args, read);
  }

  private async isKnown(datacenter: string): Promise<boolean> {
    const token = this.options.token?.() ?? '';
    const options = { datacenter: '', token, server: 'any' } as const;
    return (await this.rpc.call(catalogDatacenters, {}, options)).includes(datacenter);
  }
}
