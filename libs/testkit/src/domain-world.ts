import { type CatalogHooks, catalogRegister, catalogResource, nodeByName } from '@mesh/catalog';
import { coordinateResource } from '@mesh/coordinate';
import { kvHttpRoutes, kvResource, releaseLocks } from '@mesh/kv';
import { type BoundRoute, PLAIN_WRITE } from '@mesh/resource';
import {
  invalidateSessionsOfCheck,
  invalidateSessionsOfNode,
  type SessionHooks,
  sessionCreate,
  sessionHttpRoutes,
  sessionResource,
} from '@mesh/session';
import { txnHttpRoutes, txnResource } from '@mesh/txn';
import { DirectRpc } from './direct-rpc.ts';
import { callRoute } from './test-request.ts';

const sessionHooks: SessionHooks = { onSessionDestroyed: releaseLocks };

/** As a server wires them. */
const catalogHooks: CatalogHooks = {
  onNodeDeleted: (txn, context, node) => invalidateSessionsOfNode(txn, context, node, sessionHooks),
  onCheckDeleted: (txn, context, node, checkId) =>
    invalidateSessionsOfCheck(txn, context, node, checkId, sessionHooks),
  onCheckCritical: (txn, context, node, checkId) =>
    invalidateSessionsOfCheck(txn, context, node, checkId, sessionHooks),
};

/** Catalog, sessions, keys and transactions on one state store, with their routes. */
export interface DomainWorld {
  readonly rpc: DirectRpc;
  readonly routes: readonly BoundRoute[];
  /** Registers a node, with checks by id and status. */
  register(node: string, checks?: Readonly<Record<string, string>>): Promise<void>;
  /** JSON value of a request's answer; of an empty answer undefined. Rejects as the handler does. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** A world with the node `vm`, whose serfHealth is passing; the agent's node is `vm`. */
export async function domainWorld(): Promise<DomainWorld> {
  const create = sessionCreate(10_000);
  const rpc = new DirectRpc([
    catalogResource(catalogHooks),
    coordinateResource({ nodeExists: (view, name) => nodeByName(view, name) !== undefined }),
    sessionResource(sessionHooks, create),
    kvResource(),
    txnResource({ catalogHooks }),
  ]);
  const routes = [
    ...kvHttpRoutes({ rpc }),
    ...sessionHttpRoutes({ rpc, nodeName: 'vm', create }),
    ...txnHttpRoutes({ rpc, kvMaxValueBytes: 512 * 1024 }),
  ];
  const world: DomainWorld = {
    rpc,
    routes,
    async register(node, checks = {}) {
      const registration = {
        Datacenter: '',
        ID: '',
        Node: node,
        Address: '127.0.0.1',
        TaggedAddresses: null,
        NodeMeta: null,
        SkipNodeUpdate: false,
        Service: null,
        Checks: Object.entries(checks).map(([CheckID, Status]) => ({ CheckID, Status })),
      };
      await rpc.write(catalogRegister, registration, PLAIN_WRITE);
    },
    async ask(method, path, body) {
      const reply = await callRoute(routes, method, path, body);
      return reply.kind === 'json' ? reply.value : undefined;
    },
  };
  await world.register('vm', { serfHealth: 'passing' });
  return world;
}
