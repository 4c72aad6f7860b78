import { healthyInstances } from '../instance-answer.ts';
import type {
  AddressOwners,
  DnsInstance,
  DnsNode,
  DnsService,
  DnsSource,
  InstanceLookup,
  PreparedAnswer,
  PreparedLookup,
  SourceFreshness,
  SourceReply,
} from '../source.ts';

/** A registration as PUT /v1/catalog/register takes it, as far as DNS cares. */
export interface MemoryRegistration {
  readonly Node: string;
  readonly Address: string;
  /** @default the source's own */
  readonly Datacenter?: string;
  readonly TaggedAddresses?: Readonly<Record<string, string>>;
  readonly NodeMeta?: Readonly<Record<string, string>>;
  readonly Service?: Partial<DnsService> & {
    readonly ID: string;
    readonly Service: string;
    readonly Kind?: string;
    readonly Tags?: readonly string[];
    readonly Proxy?: { readonly DestinationServiceName?: string };
  };
  readonly Check?: { readonly Status: string };
}

/** A prepared query. */
export interface MemoryQuery {
  readonly service: string;
  readonly ttlMs?: number;
  readonly onlyPassing?: boolean;
}

interface Row {
  readonly instance: DnsInstance;
  readonly name: string;
  readonly tags: readonly string[];
  readonly isProxyOf: string;
}

/** A catalog in memory: what tests of DNS ask. Every answer is fresh until the next registration. */
export class MemorySource implements DnsSource {
  /** Prepared queries by name; a key that ends with "*" is a template over the rest of the name. */
  readonly queries = new Map<string, (rest: string) => MemoryQuery>();
  /** Reads so far: tells whether an answer came from a cache. */
  reads = 0;
  /** When set, reads reject with it. */
  failure: Error | undefined;
  /** Answers come without freshness. */
  untracked = false;
  private readonly nodes = new Map<string, DnsNode>();
  private readonly rows = new Map<string, Row>();
  private stale = new Set<() => void>();
  private generation = 0;
  private readonly datacenter: string;

  constructor(datacenter: string) {
    this.datacenter = datacenter;
  }

  register(registration: MemoryRegistration): void {
    const { Service, Check } = registration;
    const datacenter = registration.Datacenter ?? this.datacenter;
    const node: DnsNode = {
      Node: registration.Node,
      Address: registration.Address,
      Datacenter: datacenter,
      TaggedAddresses: registration.TaggedAddresses ?? null,
      Meta: registration.NodeMeta ?? null,
    };
    this.nodes.set(`${datacenter}/${node.Node.toLowerCase()}`, node);
    if (Service) {
      const service = { Address: '', Port: 0, Weights: { Passing: 1, Warning: 1 }, ...Service };
      this.rows.set(`${datacenter}/${node.Node}/${Service.ID}`, {
        instance: { Node: node, Service: service, Checks: Check ? [Check] : [] },
        name: Service.Service.toLowerCase(),
        tags: (Service.Tags ?? []).map((tag) => tag.toLowerCase()),
        isProxyOf: Service.Proxy?.DestinationServiceName ?? '',
      });
    }
    this.change();
  }

  /** Makes all answers given so far stale. */
  change(): void {
    this.generation++;
    const callbacks = this.stale;
    this.stale = new Set();
    for (const callback of callbacks) callback();
  }

  /** Answers that somebody waits on to become stale. */
  get watchers(): number {
    return this.stale.size;
  }

  node(datacenter: string, name: string): Promise<SourceReply<DnsNode | null>> {
    return this.reply(this.nodes.get(`${datacenter}/${name.toLowerCase()}`) ?? null);
  }

  instances(lookup: InstanceLookup): Promise<SourceReply<readonly DnsInstance[]>> {
    return this.reply(this.find(lookup));
  }

  addressOwners(datacenter: string, address: string): Promise<SourceReply<AddressOwners>> {
    const instances = [...this.rows.values()].map((row) => row.instance);
    return this.reply({
      nodes: [...this.nodes.values()].filter(
        (node) => node.Datacenter === datacenter && node.Address === address,
      ),
      services: instances
        .filter(
          ({ Node, Service }) => Node.Datacenter === datacenter && Service.Address === address,
        )
        .map(({ Service }) => ({
          ServiceName: Service.Service,
          ServiceAddress: Service.Address,
          Datacenter: datacenter,
        })),
    });
  }

  preparedQuery(lookup: PreparedLookup): Promise<SourceReply<PreparedAnswer | null>> {
    for (const [pattern, query] of this.queries) {
      const prefix = pattern.slice(0, -1);
      const isTemplate = pattern.endsWith('*') && lookup.name.startsWith(prefix);
      if (!isTemplate && pattern !== lookup.name) continue;
      const {
        service,
        ttlMs,
        onlyPassing = false,
      } = query(isTemplate ? lookup.name.slice(prefix.length) : '');
      const { datacenter } = lookup;
      const found = this.find({ datacenter, service, tag: '', kind: 'plain' });
      const instances = healthyInstances(found, onlyPassing);
      return this.reply({ service, ttlMs, instances, ordered: false });
    }
    return this.reply(null);
  }

  private find(lookup: InstanceLookup): readonly DnsInstance[] {
    if (lookup.kind === 'ingress') return [];
    const { service, tag, datacenter, kind } = lookup;
    return [...this.rows.values()]
      .filter(({ instance }) => instance.Node.Datacenter === datacenter)
      .filter((row) => (kind === 'connect' ? row.isProxyOf === service : row.name === service))
      .filter((row) => tag === '' || row.tags.includes(tag))
      .map((row) => row.instance);
  }

  private async reply<T>(value: T): Promise<SourceReply<T>> {
    this.reads++;
    if (this.failure) throw this.failure;
    return this.untracked ? { value } : { value, freshness: this.freshness() };
  }

  private freshness(): SourceFreshness {
    const { generation } = this;
    return {
      isFresh: () => generation === this.generation,
      onStale: (callback) => {
        if (generation !== this.generation) {
          callback();
          return () => {};
        }
        this.stale.add(callback);
        return () => this.stale.delete(callback);
      },
    };
  }
}
