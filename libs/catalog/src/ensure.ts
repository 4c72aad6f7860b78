/**
 * Creating and changing catalog entities inside a log entry. An entity equal to the stored one is
 * left alone, so that repeated registrations (anti-entropy) change no index and wake no watcher.
 */
import type { CatalogNode, HealthCheck, NodeService } from '@mesh/api-contract';
import { invalid, MeshError } from '@mesh/base';
import type { ApplyContext } from '@mesh/resource';
import type { WriteTxn } from '@mesh/state';
import { deleteNode } from './remove.ts';
import { sameValue } from './same-value.ts';
import { recount } from './summary.ts';
import { checkKey, checks, nameKey, nodes, serviceKey, services } from './table.ts';
import type { CatalogHooks, CheckInput, NodeInput, ServiceInput } from './types.ts';

/** Check by which the leader tells whether the agent of a node is alive. */
export const SERF_HEALTH = 'serfHealth';

/**
 * Creates or updates a node and returns it as stored. A node that is renamed (its id comes under
 * another name) loses its old entry, unless the old one is alive: then it keeps its id and the
 * newcomer gets none until it is gone. An absent id leaves a stored one.
 *
 * Throws `conflict` when the name belongs to another node that is alive.
 */
export function ensureNode(
  txn: WriteTxn,
  context: ApplyContext,
  input: NodeInput,
  hooks: CatalogHooks,
): CatalogNode {
  const existing = txn.get(nodes, nameKey(input.Node));
  const id = settleNodeId(txn, context, input, existing, hooks);
  const node: CatalogNode = {
    ID: id,
    // Services and checks carry the name as it was first written; it must not drift apart from
    // theirs.
    Node: existing?.Node ?? input.Node,
    Address: input.Address,
    Datacenter: input.Datacenter,
    TaggedAddresses: input.TaggedAddresses,
    Meta: input.Meta,
    ...indexes(existing, context),
  };
  return store(existing, node, () => txn.put(nodes, node));
}

function settleNodeId(
  txn: WriteTxn,
  context: ApplyContext,
  input: NodeInput,
  existing: CatalogNode | undefined,
  hooks: CatalogHooks,
): string {
  if (input.ID === '') return existing?.ID ?? '';
  const same = (id: string) => id.toLowerCase() === input.ID.toLowerCase();
  if (existing && existing.ID !== '' && !same(existing.ID) && isAlive(txn, existing.Node)) {
    throw new MeshError(
      'conflict',
      `node name ${input.Node} is taken by the alive node ${existing.ID} (${existing.Address})`,
    );
  }
  const [holder] = txn.getBy(nodes, 'id', input.ID.toLowerCase());
  if (!holder || nameKey(holder.Node) === nameKey(input.Node)) return input.ID;
  // A node that is alive must not lose its services because somebody else claims its id.
  if (isAlive(txn, holder.Node)) return existing?.ID ?? '';
  deleteNode(txn, context, holder.Node, hooks);
  return input.ID;
}

function isAlive(txn: WriteTxn, node: string): boolean {
  return txn.get(checks, checkKey(node, SERF_HEALTH))?.Status === 'passing';
}

/**
 * Creates or updates an instance on a node that exists, and returns it as stored. Its checks follow
 * its name and tags. Throws `not-found` when the node is missing.
 */
export function ensureService(
  txn: WriteTxn,
  context: ApplyContext,
  nodeName: string,
  input: ServiceInput,
): NodeService {
  const node = requireNode(txn, nodeName);
  const existing = txn.get(services, serviceKey(nodeName, input.ID))?.service;
  const service: NodeService = { ...input, ...indexes(existing, context) };
  return store(existing, service, () => {
    txn.put(services, { node: node.Node, service });
    recount(txn, existing, service);
    if (existing) followService(txn, context, node.Node, service);
  });
}

/** Gives the checks of an instance its new name and tags. */
function followService(
  txn: WriteTxn,
  context: ApplyContext,
  node: string,
  service: NodeService,
): void {
  for (const check of txn.getBy(checks, 'instance', serviceKey(node, service.ID))) {
    const tags = service.Tags ?? [];
    if (check.ServiceName === service.Service && sameValue(check.ServiceTags, tags)) continue;
    txn.put(checks, {
      ...check,
      ServiceName: service.Service,
      ServiceTags: tags,
      ModifyIndex: context.index,
    });
  }
}

/**
 * Creates or updates a check on a node that exists, and returns it as stored. Throws `not-found`
 * when the node is missing, or the service that ServiceID names.
 */
export function ensureCheck(
  txn: WriteTxn,
  context: ApplyContext,
  input: CheckInput,
  hooks: CatalogHooks,
): HealthCheck {
  const node = requireNode(txn, input.Node);
  const existing = txn.get(checks, checkKey(input.Node, input.CheckID));
  const check: HealthCheck = {
    Node: node.Node,
    CheckID: input.CheckID,
    Name: input.Name,
    Status: input.Status || 'critical',
    Notes: input.Notes,
    Output: input.Output,
    ServiceID: input.ServiceID,
    ...serviceOfCheck(txn, input),
    Type: input.Type,
    Definition: input.Definition,
    ...indexes(existing, context),
  };
  return store(existing, check, () => {
    txn.put(checks, check);
    if (check.Status === 'critical' && existing?.Status !== 'critical') {
      hooks.onCheckCritical(txn, context, check.Node, check.CheckID);
    }
  });
}

function serviceOfCheck(
  txn: WriteTxn,
  input: CheckInput,
): Pick<HealthCheck, 'ServiceName' | 'ServiceTags'> {
  if (input.ServiceID === '') return { ServiceName: '', ServiceTags: [] };
  const row = txn.get(services, serviceKey(input.Node, input.ServiceID));
  if (!row) {
    throw new MeshError(
      'not-found',
      `Missing service registration: check ${input.CheckID} is for service ${input.ServiceID}, ` +
        `which node ${input.Node} does not have`,
    );
  }
  return { ServiceName: row.service.Service, ServiceTags: row.service.Tags ?? [] };
}

function requireNode(txn: WriteTxn, name: string): CatalogNode {
  if (name === '') throw invalid('Must provide node');
  const node = txn.get(nodes, nameKey(name));
  if (!node) throw new MeshError('not-found', `Missing node registration: ${name}`);
  return node;
}

function indexes(existing: { readonly CreateIndex: number } | undefined, context: ApplyContext) {
  return { CreateIndex: existing?.CreateIndex ?? context.index, ModifyIndex: context.index };
}

/** Writes `next` unless nothing but its ModifyIndex differs from `existing`. */
function store<T extends { readonly ModifyIndex: number }>(
  existing: T | undefined,
  next: T,
  write: () => void,
): T {
  if (existing && sameValue({ ...existing, ModifyIndex: next.ModifyIndex }, next)) return existing;
  write();
  return next;
}
