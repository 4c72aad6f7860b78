import type { Authorizer } from '@mesh/acl';
import type { KvOperation } from './types.ts';

/** A tree is deleted by who may write everything under it. */
export function mayApply(authorizer: Authorizer, operation: KvOperation): boolean {
  return operation.op === 'delete-tree'
    ? authorizer.allowsWritePrefix(operation.key)
    : authorizer.allows('key', 'write', operation.key);
}
