import type { CatalogHooks } from '@mesh/catalog';
import type { Resource } from '@mesh/resource';
import { txnCommand } from './commands.ts';
import { txnApply, txnRead } from './endpoint.ts';

/** Transactions over keys and the catalog; no tables of their own. */
export function txnResource({ catalogHooks }: { readonly catalogHooks: CatalogHooks }): Resource {
  return {
    name: 'txn',
    tables: [],
    commands: [txnCommand(catalogHooks)],
    endpoints: [txnApply, txnRead],
  };
}
