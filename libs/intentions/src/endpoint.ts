import { type Intention, type IntentionMatches, intentionRoutes } from '@mesh/api-contract';
import { invalid, MeshError } from '@mesh/base';
import {
  type ReadEndpoint,
  type ReplicaChange,
  replicaChange,
  type WriteContext,
  type WriteEndpoint,
} from '@mesh/resource';
import type { StateView } from '@mesh/state';
import {
  canReadIntention,
  mayDelete,
  mayGet,
  mayGetPair,
  mayReplace,
  mayWrite,
  mayWriteRequest,
} from './access.ts';
import {
  intentionRemove,
  intentionStore,
  intentionsReplicate,
  requireFreePair,
} from './commands.ts';
import {
  allIntentions,
  decidingIntention,
  intentionById,
  intentionOfPair,
  matchIntentions,
} from './queries.ts';
import {
  DEFAULT_NAMESPACE,
  type IntentionPair,
  type IntentionRequest,
  type MatchBy,
  type NewIntention,
  type QualifiedName,
  qualifiedName,
} from './types.ts';
import { checkedIntention } from './validate.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Throws `invalid-argument` unless the text is an intention's id, a UUID. */
export function requireIntentionId(id: string): string {
  if (UUID.test(id)) return id.toLowerCase();
  throw invalid(
    `failed intention lookup: "${id}" is no intention ID, a UUID of 36 characters is accepted`,
  );
}

/** Creates an intention; answers its ID. */
export const intentionCreate: WriteEndpoint<IntentionRequest, string> = {
  kind: 'write',
  method: 'Intention.Create',
  acl: intentionRoutes.create.acl,
  guard: { check: mayWriteRequest },
  isPrimarys: true,
  prepare: (request, { view, uuid, nowMs }) => {
    if (request.ID !== '') throw invalid('ID must be empty when creating a new intention');
    const intention = checkedIntention(request, uuid(), nowMs);
    requireFreePair(view, intention);
    return { command: intentionStore, payload: intention };
  },
};

/** Replaces an intention; answers its ID. */
export const intentionUpdate: WriteEndpoint<IntentionRequest, string> = {
  kind: 'write',
  method: 'Intention.Update',
  acl: intentionRoutes.update.acl,
  guard: { check: mayReplace },
  isPrimarys: true,
  prepare: (request, context) => replace(request, requireExisting(request.ID, context), context),
};

/** Creates an intention, or replaces the one that joins the same names. */
export const intentionUpsert: WriteEndpoint<IntentionRequest, string> = {
  kind: 'write',
  method: 'Intention.Upsert',
  acl: intentionRoutes.exactSet.acl,
  guard: { check: mayWriteRequest },
  isPrimarys: true,
  prepare: (request, context) => {
    const source = side(request.SourceNS, request.SourceName);
    const destination = side(request.DestinationNS, request.DestinationName);
    const existing = intentionOfPair(context.view, source, destination);
    return replace(request, existing?.ID ?? context.uuid(), context);
  },
};

/** Deletes an intention. */
export const intentionDelete: WriteEndpoint<{ readonly id: string }, boolean> = {
  kind: 'write',
  method: 'Intention.Delete',
  acl: intentionRoutes.delete.acl,
  guard: { check: mayDelete },
  isPrimarys: true,
  prepare: ({ id }, { view }) => {
    const existing = intentionById(view, requireIntentionId(id));
    if (!existing) {
      throw new MeshError('not-found', `Cannot delete non-existent intention: '${id}'`);
    }
    return { command: intentionRemove, payload: { id: existing.ID } };
  },
};

/** Deletes the intention that joins two names, if it is there. */
export const intentionDeletePair: WriteEndpoint<IntentionPair, boolean> = {
  kind: 'write',
  method: 'Intention.DeletePair',
  acl: intentionRoutes.exactDelete.acl,
  guard: { check: (authorizer, { destination }) => mayWrite(authorizer, destination) },
  isPrimarys: true,
  prepare: ({ source, destination }, { view }) => {
    const existing = intentionOfPair(view, qualifiedName(source), qualifiedName(destination));
    if (!existing) return { answer: true };
    return { command: intentionRemove, payload: { id: existing.ID } };
  },
};

/** Takes over intentions of the primary datacenter; the leader of another one alone writes this. */
export const intentionReplicate: WriteEndpoint<ReplicaChange<NewIntention>, true> = {
  kind: 'write',
  method: 'Intention.Replicate',
  acl: intentionRoutes.create.acl,
  guard: 'internal',
  prepare: (payload) => ({ command: intentionsReplicate, payload }),
};

/** What makes the intentions here those of the primary datacenter; undefined where they are. */
export function missingIntentions(
  primary: readonly Intention[],
  view: StateView,
): ReplicaChange<NewIntention> | undefined {
  return replicaChange(primary, allIntentions(view), ({ ID }) => ID, contentsOf);
}

function contentsOf({ CreateIndex: _c, ModifyIndex: _m, ...contents }: Intention): NewIntention {
  return contents;
}

/** All intentions, in order of precedence. */
export const intentionList: ReadEndpoint<Record<string, never>, readonly Intention[]> = {
  kind: 'read',
  method: 'Intention.List',
  acl: intentionRoutes.list.acl,
  guard: { filter: (authorizer, rows) => rows.filter((row) => canReadIntention(authorizer, row)) },
  run: (view) => allIntentions(view),
};

/** One intention. */
export const intentionGet: ReadEndpoint<{ readonly id: string }, Intention | null> = {
  kind: 'read',
  method: 'Intention.Get',
  acl: intentionRoutes.get.acl,
  guard: { check: mayGet },
  run: (view, { id }) => intentionById(view, id) ?? null,
};

/** The intention that joins exactly two names. */
export const intentionGetPair: ReadEndpoint<IntentionPair, Intention | null> = {
  kind: 'read',
  method: 'Intention.GetPair',
  acl: intentionRoutes.exactGet.acl,
  guard: { check: mayGetPair },
  run: (view, { source, destination }) =>
    intentionOfPair(view, qualifiedName(source), qualifiedName(destination)) ?? null,
};

/** Intentions that match each name on one side. */
export const intentionMatch: ReadEndpoint<
  { readonly by: MatchBy; readonly names: readonly string[] },
  IntentionMatches
> = {
  kind: 'read',
  method: 'Intention.Match',
  acl: intentionRoutes.match.acl,
  guard: {
    check: (authorizer, { names }) =>
      names.every((name) => authorizer.allows('intentions', 'read', qualifiedName(name).name)),
  },
  run: (view, { by, names }) =>
    Object.fromEntries(
      names.map((name) => [name, matchIntentions(view, by, qualifiedName(name))] as const),
    ),
};

/** Whether one service may connect to another; where no intention decides, the default of the ACLs does. */
export const intentionCheck: ReadEndpoint<IntentionPair, boolean> = {
  kind: 'read',
  method: 'Intention.Check',
  acl: intentionRoutes.check.acl,
  guard: {
    check: (authorizer, { destination }) =>
      authorizer.allows('service', 'read', qualifiedName(destination).name),
  },
  run: (view, { source, destination }, { authorizer }) => {
    const decider = decidingIntention(view, qualifiedName(source), qualifiedName(destination));
    return decider ? decider.Action === 'allow' : authorizer.intentionDefaultAllow;
  },
};

function requireExisting(id: string, { view }: WriteContext): string {
  const existing = intentionById(view, requireIntentionId(id));
  if (existing) return existing.ID;
  throw new MeshError('not-found', `Cannot modify non-existent intention: '${id}'`);
}

function replace(request: IntentionRequest, id: string, { view, nowMs }: WriteContext) {
  const intention = checkedIntention(request, id, nowMs);
  requireFreePair(view, intention);
  return { command: intentionStore, payload: intention };
}

function side(namespace: string, name: string): QualifiedName {
  return { namespace: namespace || DEFAULT_NAMESPACE, name };
}
