import { MeshError } from '@mesh/base';
import {
  type BoundCall,
  type CallEndpoint,
  defineCommand,
  type ReadEndpoint,
  type Resource,
  Rollback,
  type WriteEndpoint,
} from '@mesh/resource';
import { defineTable } from '@mesh/state';

/** A resource as small as can be. */
export interface Row {
  readonly id: string;
  readonly value: number | bigint | Uint8Array;
}

export const rowTable = defineTable<Row>({ name: 'rows', id: (row) => row.id, indexes: {} });

const put = defineCommand<Row, number>('row.put', (txn, row, { index }) => {
  txn.put(rowTable, row);
  if (row.id === 'refused') throw new MeshError('conflict', 'refused');
  if (row.id === 'undone') throw new Rollback(-1);
  if (row.id === 'bug') throw new TypeError('a bug');
  return index;
});

/** Stores a row; answers the log index. Of the row "" it answers 0 and writes nothing. */
export const putRow: WriteEndpoint<Row, number> = {
  kind: 'write',
  method: 'Row.Put',
  acl: 'public',
  guard: 'public',
  prepare: (row) => (row.id.length === 0 ? { answer: 0 } : { command: put, payload: row }),
};

export const getRow: ReadEndpoint<string, Row | undefined> = {
  kind: 'read',
  method: 'Row.Get',
  acl: 'public',
  guard: 'public',
  run: (view, id) => view.get(rowTable, id.toString()),
};

/** Answers who was asked, and what. */
export const whoIs: CallEndpoint<string, string> = {
  kind: 'call',
  method: 'Row.Who',
  acl: 'public',
  guard: 'public',
};

export function rowResource(self: string): Resource & { readonly calls: readonly BoundCall[] } {
  return {
    name: 'row',
    tables: [rowTable],
    commands: [put],
    endpoints: [putRow, getRow],
    calls: [{ endpoint: whoIs, run: (args) => `${self} was asked ${String(args)}` }],
  };
}
