/** Rows of the primary datacenter that another one has to take over. */
export interface ReplicaChange<Row> {
  readonly set: readonly Row[];
  /** Ids of rows that are no more. */
  readonly remove: readonly string[];
}

/**
 * What makes local rows those of the primary datacenter; undefined where they are already. Rows are compared by what
 * `contents` makes of them: without indexes, which are each datacenter's own.
 */
export function replicaChange<Row, Contents>(
  primary: readonly Row[],
  local: readonly Row[],
  idOf: (row: Row) => string,
  contents: (row: Row) => Contents,
): ReplicaChange<Contents> | undefined {
  const here = new Map(local.map((row) => [idOf(row), JSON.stringify(contents(row))]));
  const set: Contents[] = [];
  for (const row of primary) {
    const id = idOf(row);
    const wanted = contents(row);
    if (here.get(id) !== JSON.stringify(wanted)) set.push(wanted);
    here.delete(id);
  }
  const remove = [...here.keys()];
  return set.length + remove.length > 0 ? { set, remove } : undefined;
}
