import type { NodeService } from '@mesh/api-contract';
import type { WriteTxn } from '@mesh/state';
import { sameValue } from './same-value.ts';
import { summaries, tallies } from './table.ts';

/**
 * Keeps the list of service names and tags while one instance is replaced by another. A change that
 * leaves name and tags alone writes nothing here, so those who watch the list sleep on.
 */
export function recount(
  txn: WriteTxn,
  before: NodeService | undefined,
  after: NodeService | undefined,
): void {
  if (before && after && before.Service === after.Service) {
    if (!sameValue(before.Tags, after.Tags)) count(txn, before.Service, 0, before.Tags, after.Tags);
    return;
  }
  if (before) count(txn, before.Service, -1, before.Tags, null);
  if (after) count(txn, after.Service, 1, null, after.Tags);
}

function count(
  txn: WriteTxn,
  name: string,
  instancesDelta: number,
  removed: readonly string[] | null,
  added: readonly string[] | null,
): void {
  const tally = txn.get(tallies, name);
  const instances = (tally?.instances ?? 0) + instancesDelta;
  if (instances <= 0) {
    txn.delete(tallies, name);
    txn.delete(summaries, name);
    return;
  }
  const tags = new Map(tally?.tags ?? []);
  for (const tag of new Set(added ?? [])) tags.set(tag, (tags.get(tag) ?? 0) + 1);
  for (const tag of new Set(removed ?? [])) {
    const left = (tags.get(tag) ?? 0) - 1;
    if (left > 0) tags.set(tag, left);
    else tags.delete(tag);
  }
  txn.put(tallies, { name, instances, tags: [...tags] });
  const summary = { name, tags: [...tags.keys()].sort() };
  if (!sameValue(txn.get(summaries, name), summary)) txn.put(summaries, summary);
}
