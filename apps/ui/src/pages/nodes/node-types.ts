import type { CatalogNode, HealthCheck, NodeService } from '@mesh/api-contract';

/** A row of /v1/internal/ui/nodes. */
export interface UiNode
  extends Pick<CatalogNode, 'ID' | 'Node' | 'Address' | 'TaggedAddresses' | 'Meta'> {
  readonly Services: readonly NodeService[];
  readonly Checks: readonly HealthCheck[];
}
