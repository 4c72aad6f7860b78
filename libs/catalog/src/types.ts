import type {
  CatalogNode,
  DeregisterRequest,
  HealthCheck,
  HealthStatus,
  NodeService,
  RaftIndex,
  ServiceNode,
} from '@mesh/api-contract';
import type { ApplyContext } from '@mesh/resource';
import type { WriteTxn } from '@mesh/state';

/**
 * A stored instance. `service` is the API's own object, so that answers share it instead of copying
 * it.
 */
export interface ServiceRow {
  /** Name of the node, as that node was first registered. */
  readonly node: string;
  readonly service: NodeService;
}

/**
 * A service name with all tags of its instances: the answer of /v1/catalog/services, a row a name.
 */
export interface ServiceSummary {
  /** As registered; names that differ in case alone are rows of their own. */
  readonly name: string;
  /** Sorted, without duplicates. */
  readonly tags: readonly string[];
}

/** Book-keeping behind a summary. No query reads it, so counting wakes nobody. */
export interface ServiceTally {
  readonly name: string;
  readonly instances: number;
  /**
   * Tags, each with how many instances carry it. Pairs: a tag may be any text, even one that is no
   * safe key.
   */
  readonly tags: readonly (readonly [tag: string, count: number])[];
}

/** A node to be stored. */
export type NodeInput = Omit<CatalogNode, keyof RaftIndex>;
/** An instance to be stored; its maps are sorted by key and nothing optional is undefined. */
export type ServiceInput = Omit<NodeService, keyof RaftIndex>;
/**
 * A check to be stored; ServiceName and ServiceTags are taken from the service that ServiceID
 * names.
 */
export type CheckInput = Omit<HealthCheck, keyof RaftIndex | 'Status'> & {
  /** "" is critical. */
  readonly Status: HealthStatus | '';
};

/**
 * What other resources do when the catalog changes. Called inside the same log entry; must be
 * deterministic. `node` is the name as stored.
 */
export interface CatalogHooks {
  /** After a node and all on it are gone. Not called for its services and checks one by one. */
  onNodeDeleted(txn: WriteTxn, context: ApplyContext, node: string): void;
  /** After a check is gone while its node stays. */
  onCheckDeleted(txn: WriteTxn, context: ApplyContext, node: string, checkId: string): void;
  /** After a check has become critical, or was registered so. */
  onCheckCritical(txn: WriteTxn, context: ApplyContext, node: string, checkId: string): void;
}

/** Node metadata that a row must have, all of it. */
export type MetaFilter = Readonly<Record<string, string>>;

/** A registration as it stands in the log: complete and checked. */
export interface RegisterPayload {
  readonly node: NodeInput;
  readonly skipNodeUpdate: boolean;
  readonly service: ServiceInput | null;
  readonly checks: readonly CheckInput[];
}

/** A deregistration as it stands in the log. */
export type DeregisterPayload = Pick<DeregisterRequest, 'Node' | 'ServiceID' | 'CheckID'>;

/** A node with the services on it. */
export interface NodeWithServices {
  readonly node: CatalogNode;
  /** By service id. */
  readonly services: readonly NodeService[];
}

/** What has an address. */
export interface AddressOwners {
  readonly nodes: readonly CatalogNode[];
  readonly services: readonly ServiceNode[];
}
