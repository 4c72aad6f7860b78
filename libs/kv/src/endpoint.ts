import { type KvPair, kvRoutes } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import type { ReadEndpoint, WriteEndpoint } from '@mesh/resource';
import { mayApply } from './access.ts';
import { kvApplyEntry } from './commands.ts';
import { keysUnder, pairOf, pairsUnder } from './queries.ts';
import type { KvOperation } from './types.ts';

/** One operation; true when it took effect. */
export const kvApply: WriteEndpoint<KvOperation, boolean> = {
  kind: 'write',
  method: 'KVS.Apply',
  acl: kvRoutes.put.acl,
  guard: { check: mayApply },
  prepare: (operation) => {
    if (operation.key === '' && operation.op !== 'delete-tree') throw invalid('Must provide key');
    return { command: kvApplyEntry, payload: operation };
  },
};

/** One pair. */
export const kvGet: ReadEndpoint<{ readonly key: string }, KvPair | undefined> = {
  kind: 'read',
  method: 'KVS.Get',
  acl: kvRoutes.get.acl,
  guard: { check: (authorizer, { key }) => authorizer.allows('key', 'read', key) },
  run: (view, { key }) => pairOf(view, key),
};

/** All pairs under a prefix. */
export const kvList: ReadEndpoint<{ readonly prefix: string }, readonly KvPair[]> = {
  kind: 'read',
  method: 'KVS.List',
  acl: kvRoutes.get.acl,
  guard: {
    filter: (authorizer, pairs) => pairs.filter(({ Key }) => authorizer.allows('key', 'read', Key)),
  },
  run: (view, { prefix }) => pairsUnder(view, prefix),
};

/** Keys under a prefix, by folders where a separator is given. */
export const kvListKeys: ReadEndpoint<
  { readonly prefix: string; readonly separator: string },
  readonly string[]
> = {
  kind: 'read',
  method: 'KVS.ListKeys',
  acl: kvRoutes.get.acl,
  guard: {
    filter: (authorizer, keys) => keys.filter((key) => authorizer.allows('key', 'read', key)),
  },
  run: (view, { prefix, separator }) => keysUnder(view, prefix, separator),
};
