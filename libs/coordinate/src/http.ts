import { coordinateRoutes } from '@mesh/api-contract';
import { invalid, list, number, record, text } from '@mesh/base';
import {
  type BoundRoute,
  decodeJsonBody,
  emptyReply,
  implement,
  jsonReply,
  type Rpc,
  readReply,
  type WriteEndpoint,
} from '@mesh/resource';
import { coordinateDatacenters, coordinateNode, coordinateNodes } from './endpoint.ts';
import type { NodeCoordinate } from './types.ts';

/** What the handlers need. */
export interface CoordinateHttpDeps {
  readonly rpc: Rpc;
  /** Made by coordinateUpdate, with the batcher of this server. */
  readonly update: WriteEndpoint<NodeCoordinate, true>;
}

const updateBody = record({
  Datacenter: text,
  Node: text,
  Segment: text,
  Coord: record({ Vec: list(number), Error: number, Adjustment: number, Height: number }),
});

/** Handlers of the coordinate routes. */
export function coordinateHttpRoutes(deps: CoordinateHttpDeps): readonly BoundRoute[] {
  const { rpc, update } = deps;
  return implement(coordinateRoutes, {
    datacenters: async ({ token, signal }) => {
      const options = { datacenter: '', token, server: 'any', signal } as const;
      return jsonReply(await rpc.call(coordinateDatacenters, {}, options));
    },
    nodes: async ({ readOptions, query }) => {
      const reply = await rpc.read(coordinateNodes, {}, readOptions);
      return readReply(reply, inSegment(reply.value, query.get('segment')));
    },
    node: async ({ readOptions, params, query }) => {
      const node = params['node'] ?? '';
      if (node === '') throw invalid('Missing node name');
      const reply = await rpc.read(coordinateNode, { node }, readOptions);
      const found = inSegment(reply.value, query.get('segment'));
      return found.length === 0 ? emptyReply(404) : readReply(reply, found);
    },
    update: async ({ body, writeOptions }) => {
      const { Datacenter, Node, Segment, Coord } = decodeJsonBody(body, updateBody);
      const coordinate = { ...Coord, Vec: Coord.Vec ?? [] };
      const datacenter = Datacenter || writeOptions.datacenter;
      await rpc.write(
        update,
        { Node, Segment, Coord: coordinate },
        { ...writeOptions, datacenter },
      );
      return emptyReply();
    },
  });
}

function inSegment(
  rows: readonly NodeCoordinate[],
  segment: string | undefined,
): readonly NodeCoordinate[] {
  return segment === undefined ? rows : rows.filter((row) => row.Segment === segment);
}
