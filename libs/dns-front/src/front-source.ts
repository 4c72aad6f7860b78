import { MeshError, type Platform, parseDuration } from '@mesh/base';
import type {
  AddressOwners,
  DnsInstance,
  DnsNode,
  DnsService,
  DnsSource,
  InstanceLookup,
  PreparedAnswer,
  PreparedLookup,
  SourceReply,
} from '@mesh/dns';
import type { QuerySource } from './agent-link.ts';
import type { FrontView } from './front-view.ts';

/** Last answers of prepared queries that are kept for when no agent can be asked. */
const MAX_PREPARED = 256;

export interface FrontSourceOptions {
  readonly view: FrontView;
  readonly source: QuerySource;
  /** The agents' own datacenter. */
  readonly datacenter: string;
  /** Any server may answer. */
  readonly allowStale: boolean;
  /** How long an answer of a prepared query may stand in for a new one, milliseconds. */
  readonly maxStaleMs: number;
  readonly platform: Platform;
}

interface NodeWithServices extends Omit<DnsNode, 'Datacenter'> {
  readonly Services: readonly DnsService[] | null;
}

interface ExecutedQuery {
  readonly Service: string;
  readonly Nodes: readonly DnsInstance[] | null;
  readonly DNS: { readonly TTL: string };
}

interface KeptPrepared {
  readonly answer: PreparedAnswer | null;
  readonly atMs: number;
}

/** The catalog for DNS, out of the view; prepared queries are run by an agent each time, as they cannot be watched. */
export class FrontSource implements DnsSource {
  private readonly options: FrontSourceOptions;
  private readonly prepared = new Map<string, KeptPrepared>();

  constructor(options: FrontSourceOptions) {
    this.options = options;
  }

  node(datacenter: string, name: string): Promise<SourceReply<DnsNode | null>> {
    const path = this.path(`/v1/catalog/node/${encodeURIComponent(name)}`, datacenter);
    return this.options.view.read(path, (status, body) => {
      if (isAbsent(status, body) || body === null) return null;
      return (body as { readonly Node: DnsNode }).Node;
    });
  }

  instances({ datacenter, service, tag, kind }: InstanceLookup) {
    const route = { plain: 'service', connect: 'connect', ingress: 'ingress' }[kind];
    const path = `/v1/health/${route}/${encodeURIComponent(service)}`;
    const tags: Readonly<Record<string, string>> = tag === '' ? {} : { tag };
    return this.options.view.read(
      this.path(path, datacenter, tags),
      (status, body): readonly DnsInstance[] =>
        isAbsent(status, body) ? [] : ((body as readonly DnsInstance[] | null) ?? []),
    );
  }

  /** Asked seldom and for any address: one list of all nodes serves all of these questions. */
  async addressOwners(datacenter: string, address: string): Promise<SourceReply<AddressOwners>> {
    const { value, freshness } = await this.options.view.read(
      this.path('/v1/internal/ui/nodes', datacenter),
      (status, body): readonly NodeWithServices[] =>
        isAbsent(status, body) ? [] : ((body as readonly NodeWithServices[] | null) ?? []),
    );
    const Datacenter = datacenter;
    const nodes = value.filter(({ Address }) => Address === address);
    const services = value.flatMap(({ Services }) =>
      (Services ?? [])
        .filter(({ Address }) => Address === address)
        .map(({ Service, Address }) => ({
          ...{ ServiceName: Service, ServiceAddress: Address, Datacenter },
        })),
    );
    const owners = { nodes: nodes.map((node) => ({ ...node, Datacenter })), services };
    return freshness ? { value: owners, freshness } : { value: owners };
  }

  async preparedQuery(lookup: PreparedLookup): Promise<SourceReply<PreparedAnswer | null>> {
    const { source, maxStaleMs, platform } = this.options;
    const path = this.path(
      `/v1/query/${encodeURIComponent(lookup.name)}/execute`,
      lookup.datacenter,
    );
    const nowMs = platform.clock.monotonicMs();
    try {
      const answer = preparedAnswer(await source.get(path), path);
      this.keep(path, { answer, atMs: nowMs });
      return { value: answer };
    } catch (error) {
      const kept = this.prepared.get(path);
      if (kept && nowMs - kept.atMs <= maxStaleMs) return { value: kept.answer };
      throw error;
    }
  }

  private keep(path: string, kept: KeptPrepared): void {
    this.prepared.delete(path);
    const [oldest] = this.prepared.keys();
    if (this.prepared.size >= MAX_PREPARED && oldest !== undefined) this.prepared.delete(oldest);
    this.prepared.set(path, kept);
  }

  private path(path: string, datacenter: string, more: Readonly<Record<string, string>> = {}) {
    const { allowStale } = this.options;
    const query = new URLSearchParams(more);
    if (datacenter !== this.options.datacenter) query.set('dc', datacenter);
    if (allowStale) query.set('stale', '');
    const text = query.toString();
    return text === '' ? path : `${path}?${text}`;
  }
}

/** Nothing there, or nothing of it to be seen. @throws MeshError for an answer that says neither */
function isAbsent(status: number, body: unknown): boolean {
  if (status === 404 || /no path to datacenter/i.test(String(body))) return true;
  if (status === 200) return false;
  if (status === 403) return true;
  throw new MeshError('unavailable', `unexpected answer ${status}: ${String(body)}`);
}

function preparedAnswer(
  { status, text }: { readonly status: number; readonly text: string },
  path: string,
): PreparedAnswer | null {
  if (status === 404 || status === 403) return null;
  if (status !== 200) throw new MeshError('unavailable', `${path}: ${status} ${text}`);
  const { Service, Nodes, DNS } = JSON.parse(text) as ExecutedQuery;
  return {
    service: Service,
    ttlMs: DNS.TTL === '' ? undefined : parseDuration(DNS.TTL),
    instances: Nodes ?? [],
    // The servers have put them into the order that the query asks for.
    ordered: true,
  };
}
