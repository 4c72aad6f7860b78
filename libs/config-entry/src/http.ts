import { configEntryRoutes } from '@mesh/api-contract';
import { invalid, MeshError, mismatch, type Shape } from '@mesh/base';
import {
  type BoundRoute,
  decodeJsonBody,
  implement,
  jsonReply,
  type QueryParameters,
  type Rpc,
  readReply,
  textReply,
} from '@mesh/resource';
import { decodeEntry, requireKind } from './decode.ts';
import {
  configEntryApply,
  configEntryDelete,
  configEntryGet,
  configEntryList,
} from './endpoint.ts';

/** Handlers of /v1/config. */
export function configEntryHttpRoutes({ rpc }: { readonly rpc: Rpc }): readonly BoundRoute[] {
  return implement(configEntryRoutes, {
    apply: async ({ body, query, writeOptions }) => {
      const args = { entry: decodeBody(body), cas: casOf(query) };
      return jsonReply(await rpc.write(configEntryApply, args, writeOptions));
    },
    list: async ({ params, readOptions }) => {
      const kind = params['kind'] ?? '';
      if (kind !== '') requireKind(kind);
      return readReply(await rpc.read(configEntryList, { kind }, readOptions));
    },
    get: async ({ params, readOptions }) => {
      const { kind = '', name = '' } = params;
      const reply = await rpc.read(configEntryGet, { kind: requireKind(kind), name }, readOptions);
      if (reply.value) return readReply(reply);
      const text = `Config entry not found for "${kind}" / "${name}"`;
      return { ...textReply(404, text), meta: reply };
    },
    delete: async ({ params, writeOptions }) => {
      const { kind = '', name = '' } = params;
      await rpc.write(configEntryDelete, { kind: requireKind(kind), name }, writeOptions);
      return jsonReply({});
    },
    deleteUnnamed: () => textReply(404, 'Must provide both a kind and name to delete'),
  });
}

const object: Shape<unknown> = {
  decode: (value, path) => {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
    throw mismatch(path, 'an object with Kind and Name', value);
  },
};

/** The entry with the API's names: what is wrong with it is said before anything is sent on. */
function decodeBody(body: Uint8Array) {
  const value = decodeJsonBody(body, object);
  try {
    return decodeEntry(value);
  } catch (thrown) {
    throw invalid(`Bad request: Request decoding failed: ${MeshError.from(thrown).message}`);
  }
}

function casOf(query: QueryParameters): number | null {
  const text = query.get('cas');
  if (text === undefined) return null;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw invalid(`cas: "${text}" is no index, a ModifyIndex or 0 is accepted`);
}
