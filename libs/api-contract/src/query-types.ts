import type { CheckServiceNode, RaftIndex } from './catalog-types.ts';

/** What a prepared query looks for. */
export interface PreparedQueryService {
  readonly Service: string;
  readonly Failover: {
    readonly NearestN: number;
    readonly Datacenters: readonly string[] | null;
  };
  readonly OnlyPassing: boolean;
  readonly IgnoreCheckIDs: readonly string[] | null;
  /** Node to sort by distance from; `_agent` is the one that asks. */
  readonly Near: string;
  /** All must be there; with a leading ! none may. */
  readonly Tags: readonly string[] | null;
  readonly NodeMeta: Readonly<Record<string, string>> | null;
  readonly ServiceMeta: Readonly<Record<string, string>> | null;
  readonly Connect: boolean;
}

/** A stored query. */
export interface PreparedQuery extends RaftIndex {
  readonly ID: string;
  readonly Name: string;
  /** Session that it ends with; "" for none. */
  readonly Session: string;
  readonly Token: string;
  readonly Template: {
    /** "" or name_prefix_match. */
    readonly Type: string;
    readonly Regexp: string;
    readonly RemoveEmptyTags: boolean;
  };
  readonly Service: PreparedQueryService;
  readonly DNS: { readonly TTL: string };
}

/** What running a query gives. */
export interface PreparedQueryResult {
  readonly Service: string;
  readonly Nodes: readonly CheckServiceNode[];
  readonly DNS: { readonly TTL: string };
  readonly Datacenter: string;
  readonly Failovers: number;
}
