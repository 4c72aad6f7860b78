import type { Authorizer } from '@mesh/acl';
import type { Intention } from '@mesh/api-contract';
import type { StateView } from '@mesh/state';
import { intentionById, intentionOfPair } from './queries.ts';
import { type IntentionPair, type IntentionRequest, qualifiedName } from './types.ts';

/** An intention is written by who may write those of its destination. */
export function mayWrite(authorizer: Authorizer, destination: string): boolean {
  return authorizer.allows('intentions', 'write', qualifiedName(destination).name);
}

/** An intention is seen by who may read those of either side. */
export function canReadIntention(authorizer: Authorizer, intention: Intention): boolean {
  return (
    authorizer.allows('intentions', 'read', intention.SourceName) ||
    authorizer.allows('intentions', 'read', intention.DestinationName)
  );
}

/** A new intention. */
export function mayWriteRequest(authorizer: Authorizer, request: IntentionRequest): boolean {
  return mayWrite(authorizer, request.DestinationName);
}

/** What it was and what it becomes must both be allowed. */
export function mayReplace(
  authorizer: Authorizer,
  request: IntentionRequest,
  view: StateView,
): boolean {
  return mayWriteRequest(authorizer, request) && mayDelete(authorizer, { id: request.ID }, view);
}

/** Of an id that does not exist the endpoint tells itself. */
export function mayDelete(
  authorizer: Authorizer,
  { id }: { readonly id: string },
  view: StateView,
): boolean {
  const existing = intentionById(view, id);
  return !existing || mayWrite(authorizer, existing.DestinationName);
}

/** Whether the intention of an id may be seen, where there is one. */
export function mayGet(
  authorizer: Authorizer,
  { id }: { readonly id: string },
  view: StateView,
): boolean {
  const existing = intentionById(view, id);
  return !existing || canReadIntention(authorizer, existing);
}

/** Whether the intention of a pair may be seen, where there is one. */
export function mayGetPair(
  authorizer: Authorizer,
  { source, destination }: IntentionPair,
  view: StateView,
): boolean {
  const existing = intentionOfPair(view, qualifiedName(source), qualifiedName(destination));
  return !existing || canReadIntention(authorizer, existing);
}
