import { type CatalogHooks, catalogResource, nodeByName } from '@mesh/catalog';
import { configEntryResource } from '@mesh/config-entry';
import { coordinateResource, type NodeCoordinate } from '@mesh/coordinate';
import { healthResource } from '@mesh/health';
import { intentionResource } from '@mesh/intentions';
import { internalUiResource } from '@mesh/internal-ui';
import { kvResource, releaseLocks } from '@mesh/kv';
import { type OperatorParts, operatorResource } from '@mesh/operator';
import { deleteQueriesOfSession, preparedQueryResource } from '@mesh/prepared-query';
import type { Resource, WriteEndpoint } from '@mesh/resource';
import {
  invalidateSessionsOfCheck,
  invalidateSessionsOfNode,
  type SessionHooks,
  type SessionRequest,
  sessionResource,
} from '@mesh/session';
import { txnResource } from '@mesh/txn';

/** Endpoints that know this server's limits or parts. */
export interface BoundEndpoints {
  readonly coordinateUpdate: WriteEndpoint<NodeCoordinate, true>;
  readonly sessionCreate: WriteEndpoint<SessionRequest, string>;
  readonly operator: OperatorParts;
}

/** A session that ends takes along its locks and the queries bound to it. */
const sessionHooks: SessionHooks = {
  onSessionDestroyed: (txn, context, session) => {
    releaseLocks(txn, context, session);
    deleteQueriesOfSession(txn, context, session);
  },
};

/** Effects go up from the catalog: a node or check that goes takes its sessions along, a session its locks. */
const catalogHooks: CatalogHooks = {
  onNodeDeleted: (txn, context, node) => invalidateSessionsOfNode(txn, context, node, sessionHooks),
  onCheckDeleted: (txn, context, node, checkId) =>
    invalidateSessionsOfCheck(txn, context, node, checkId, sessionHooks),
  onCheckCritical: (txn, context, node, checkId) =>
    invalidateSessionsOfCheck(txn, context, node, checkId, sessionHooks),
};

/** Every resource of a server, one line each. */
export function createResources(bound: BoundEndpoints): readonly Resource[] {
  return [
    catalogResource(catalogHooks),
    healthResource(),
    coordinateResource({
      nodeExists: (view, node) => nodeByName(view, node) !== undefined,
      update: bound.coordinateUpdate,
    }),
    sessionResource(sessionHooks, bound.sessionCreate),
    kvResource(),
    txnResource({ catalogHooks }),
    preparedQueryResource(),
    operatorResource(bound.operator),
    intentionResource(),
    configEntryResource(),
    internalUiResource(),
  ];
}
