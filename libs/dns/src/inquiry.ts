import { zoneOf } from './question.ts';
import { TYPE } from './record-types.ts';
import type { DnsRecord } from './records.ts';
import type { Outcome } from './resolution.ts';
import type { DnsSettings } from './settings.ts';
import type {
  AddressOwners,
  DnsInstance,
  DnsNode,
  DnsSource,
  InstanceLookup,
  PreparedAnswer,
  SourceFreshness,
  SourceReply,
} from './source.ts';

/** Asks a recursor for the addresses of a name that is not ours. Resolves to [] when it cannot. */
export type OutsideLookup = (
  name: string,
  type: typeof TYPE.A | typeof TYPE.AAAA,
) => Promise<readonly DnsRecord[]>;

/** What a question is answered with. */
export interface InquiryOptions {
  readonly settings: DnsSettings;
  readonly source: DnsSource;
  /** Serial number of SOA records: seconds since the epoch. */
  readonly serial: number;
  /** The client speaks EDNS: there is room for long chains of names. */
  readonly hasEdns: boolean;
  /** Address of the EDNS client subnet; "" without. */
  readonly subnetAddress: string;
  readonly lookupOutside?: OutsideLookup;
}

/** Answers a question of the same inquiry: how a CNAME into our own domain is followed. */
export type Follow = (name: string, type: number, inquiry: Inquiry) => Promise<Outcome>;

/** How deep host names are followed within our own domain. */
const MAX_DEPTH = 3;
/** Host names followed for one question at most: each may lead to a large service. */
const MAX_FOLLOWS = 64;
/** Names asked of a recursor for one question at most. */
const MAX_OUTSIDE_LOOKUPS = 16;
/** Records of a followed name in an answer to a client without EDNS. */
const MAX_CHAIN_RECORDS = 5;
/** The same with EDNS; the original knows no limit. */
const MAX_CHAIN_RECORDS_EDNS = 64;

/** One question on its way to an answer: reads the source and remembers all that it has read. */
export class Inquiry {
  readonly settings: DnsSettings;
  readonly options: InquiryOptions;
  private readonly seen: SourceFreshness[] = [];
  private keepable = true;
  private readonly follow: Follow;
  private followsLeft = MAX_FOLLOWS;
  private outsideLeft = MAX_OUTSIDE_LOOKUPS;
  /** Names being followed, each because of the one before it. */
  private readonly path: string[];

  /** `name` is the name asked for. */
  constructor(name: string, options: InquiryOptions, follow: Follow) {
    this.path = [name.toLowerCase()];
    this.options = options;
    this.settings = options.settings;
    this.follow = follow;
  }

  /** What the answer was read from; undefined when some of it cannot be watched. */
  get freshness(): readonly SourceFreshness[] | undefined {
    return this.keepable ? this.seen : undefined;
  }

  node(datacenter: string, name: string): Promise<DnsNode | null> {
    return this.read(this.options.source.node(datacenter, name));
  }

  instances(lookup: InstanceLookup): Promise<readonly DnsInstance[]> {
    return this.read(this.options.source.instances(lookup));
  }

  addressOwners(datacenter: string, address: string): Promise<AddressOwners> {
    return this.read(this.options.source.addressOwners(datacenter, address));
  }

  preparedQuery(datacenter: string, name: string): Promise<PreparedAnswer | null> {
    const { source, subnetAddress } = this.options;
    if (!source.preparedQuery) return Promise.resolve(null);
    return this.read(source.preparedQuery({ datacenter, name, subnetAddress }));
  }

  /**
   * Addresses and aliases behind a host name, with the given TTL: from the catalog when the name is in our
   * domain, else from a recursor if there is one.
   */
  async chainOf(host: string, type: number, ttlS: number): Promise<readonly DnsRecord[]> {
    const found = (await this.lookup(host, type)).filter(isChainRecord);
    const limit = this.options.hasEdns ? MAX_CHAIN_RECORDS_EDNS : MAX_CHAIN_RECORDS;
    return found.slice(0, limit).map((record) => ({ ...record, ttlS }));
  }

  private async lookup(host: string, type: number): Promise<readonly DnsRecord[]> {
    const lower = host.toLowerCase();
    if (zoneOf(lower, this.settings) !== undefined) return this.followInside(host, lower);
    if (!this.options.lookupOutside || this.outsideLeft === 0) return [];
    this.keepable = false;
    this.outsideLeft--;
    const found = await this.options.lookupOutside(host, type === TYPE.AAAA ? TYPE.AAAA : TYPE.A);
    // Recursors that do not answer cost time: one such wait for a question is enough.
    if (found.length === 0) this.outsideLeft = 0;
    return found;
  }

  private async followInside(host: string, lower: string): Promise<readonly DnsRecord[]> {
    if (this.path.includes(lower) || this.path.length > MAX_DEPTH) return [];
    if (this.followsLeft === 0) return [];
    this.followsLeft--;
    this.path.push(lower);
    const outcome = await this.follow(host, TYPE.ANY, this);
    this.path.pop();
    if (outcome.kind !== 'answer') return [];
    return outcome.resolution.groups.flatMap((group) => group.answers);
  }

  private async read<T>(reading: Promise<SourceReply<T>>): Promise<T> {
    const reply = await reading;
    if (reply.freshness) this.seen.push(reply.freshness);
    else this.keepable = false;
    return reply.value;
  }
}

function isChainRecord(record: DnsRecord): boolean {
  return record.type === TYPE.A || record.type === TYPE.AAAA || record.type === TYPE.CNAME;
}
