/** Reads of health. Each touches just the entities that its answer depends on. */
import type { CheckServiceNode, HealthCheck } from '@mesh/api-contract';
import {
  checkKey,
  checks,
  hasMeta,
  type InstanceQuery,
  instancesOf,
  isEmptyFilter,
  type MetaFilter,
  nameKey,
  nodeByName,
  onNode,
} from '@mesh/catalog';
import type { StateView } from '@mesh/state';

/** Checks of a node and of the services on it, by check id. */
export function nodeChecks(view: StateView, node: string): readonly HealthCheck[] {
  return [...view.prefix(checks, onNode(node))];
}

/** Checks of all instances of a service, by node and check id. */
export function serviceChecks(
  view: StateView,
  service: string,
  nodeMeta: MetaFilter,
): readonly HealthCheck[] {
  return onMatchingNodes(view, view.getBy(checks, 'serviceName', nameKey(service)), nodeMeta);
}

/** Checks in a state, by node and check id; `any` is every check. */
export function checksInState(
  view: StateView,
  state: string,
  nodeMeta: MetaFilter,
): readonly HealthCheck[] {
  const found =
    state === 'any' ? [...view.prefix(checks, '')] : view.getBy(checks, 'status', state);
  return onMatchingNodes(view, found, nodeMeta);
}

function onMatchingNodes(
  view: StateView,
  found: readonly HealthCheck[],
  nodeMeta: MetaFilter,
): readonly HealthCheck[] {
  if (isEmptyFilter(nodeMeta)) return found;
  return found.filter((check) => hasMeta(nodeByName(view, check.Node)?.Meta ?? null, nodeMeta));
}

/**
 * Instances with their nodes and the checks that decide their health: those of the node, then their
 * own. Rows are shared with the store. Depends on the instances of this service, their checks and
 * their nodes; what other services on those nodes do changes nothing.
 */
export function healthOf(
  view: StateView,
  query: InstanceQuery,
  passingOnly: boolean,
): readonly CheckServiceNode[] {
  const instances = instancesOf(view, query);
  const ofNode = new Map<string, readonly HealthCheck[]>();
  const ofInstance = query.connect ? undefined : checksByInstance(view, query.service);
  const out: CheckServiceNode[] = [];
  for (const { node, service } of instances) {
    let nodeLevel = ofNode.get(node.Node);
    if (!nodeLevel) {
      nodeLevel = view.getBy(checks, 'nodeLevel', nameKey(node.Node));
      ofNode.set(node.Node, nodeLevel);
    }
    const key = checkKey(node.Node, service.ID);
    const own = ofInstance ? ofInstance.get(key) : view.getBy(checks, 'instance', key);
    const all = own && own.length > 0 ? [...nodeLevel, ...own] : nodeLevel;
    if (passingOnly && !all.every(isPassing)) continue;
    out.push({ Node: node, Service: service, Checks: all });
  }
  return out;
}

/** One dependency for the checks of all instances, however many there are. */
function checksByInstance(
  view: StateView,
  service: string,
): ReadonlyMap<string, readonly HealthCheck[]> {
  const out = new Map<string, HealthCheck[]>();
  for (const check of view.getBy(checks, 'serviceName', nameKey(service))) {
    const key = checkKey(check.Node, check.ServiceID);
    const group = out.get(key);
    if (group) group.push(check);
    else out.set(key, [check]);
  }
  return out;
}

function isPassing(check: HealthCheck): boolean {
  return check.Status === 'passing';
}
