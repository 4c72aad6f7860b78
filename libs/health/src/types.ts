import type { InstanceQuery, MetaFilter } from '@mesh/catalog';

/** Which instances a health query wants. */
export interface HealthQuery extends InstanceQuery {
  /** Leave out instances with any check that is not passing. */
  readonly passingOnly: boolean;
  /** Ingress gateways that expose the service, in place of its instances. */
  readonly ingress: boolean;
  /** Filter expression; "" for none. */
  readonly filter: string;
}

/** Which checks a list wants. */
export interface CheckQuery {
  readonly nodeMeta: MetaFilter;
  /** Filter expression; "" for none. */
  readonly filter: string;
}
