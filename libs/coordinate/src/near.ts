import { PLAIN_READ, type ReadOptions, type Rpc } from '@mesh/resource';
import { sortByDistance } from './distance.ts';
import { coordinateDistances } from './endpoint.ts';

/**
 * Rows by round-trip time from the node `from` (?near=). Rows of nodes without a coordinate come
 * last; an unknown `from` sorts nothing. A read of its own, beside the one that gave the rows:
 * coordinates drift all the time, and a query that depended on them would wake its watchers for
 * nothing.
 */
export async function nearestFirst<T>(
  rpc: Rpc,
  from: string,
  rows: readonly T[],
  nodeOf: (row: T) => string,
  options: ReadOptions,
): Promise<readonly T[]> {
  if (rows.length < 2) return rows;
  const { datacenter, token } = options;
  const nodes = [...new Set(rows.map(nodeOf))];
  const reply = await rpc.read(
    coordinateDistances,
    { from, nodes },
    { ...PLAIN_READ, datacenter, token, consistency: 'stale' },
  );
  if (reply.value === null) return rows;
  const metrics = new Map(nodes.map((node, at) => [node, reply.value?.[at] ?? -1]));
  const distances = rows.map((row) => {
    const metric = metrics.get(nodeOf(row)) ?? -1;
    return metric < 0 ? Number.POSITIVE_INFINITY : metric;
  });
  return sortByDistance(rows, distances);
}
