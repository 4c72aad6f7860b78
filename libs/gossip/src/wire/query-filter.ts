import { MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';
import type { QueryFilter } from './serf-messages.ts';
import { MAX_LIST, readStruct, readTexts, structFields } from './serf-struct.ts';

const FILTER_TYPE = { nodes: 0, tag: 1 } as const;

const TAG = structFields<{ tag: string; expression: string }>({
  Tag: (reader, target) => {
    target.tag = reader.text();
  },
  Expr: (reader, target) => {
    target.expression = reader.text();
  },
});

export function encodeFilter(filter: QueryFilter): Uint8Array {
  const writer = new MsgpackWriter().byte(FILTER_TYPE[filter.kind]);
  if (filter.kind === 'tag') {
    writer.map(2).text('Expr').text(filter.expression).text('Tag').text(filter.tag);
  } else {
    writer.array(filter.names.length);
    for (const name of filter.names) writer.text(name);
  }
  return writer.finish();
}

/** Undefined for a kind that is not known. Throws MeshError `invalid-argument`. */
export function decodeFilter(bytes: Uint8Array): QueryFilter | undefined {
  const reader = new MsgpackReader(bytes, 1);
  switch (bytes[0]) {
    case FILTER_TYPE.nodes:
      return { kind: 'nodes', names: readTexts(reader, MAX_LIST) };
    case FILTER_TYPE.tag:
      return { kind: 'tag', ...readStruct(reader, TAG, { tag: '', expression: '' }) };
    default:
      return undefined;
  }
}
