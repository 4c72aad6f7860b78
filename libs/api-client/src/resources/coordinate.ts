import { type Coordinate, coordinateRoutes } from '@mesh/api-contract';
import { asList, type ClientCore } from '../client-core.ts';
import type { CallOptions, ReadOptions } from '../options.ts';
import type { Read } from '../read.ts';

export interface NodeCoordinate {
  readonly Node: string;
  readonly Segment: string;
  readonly Coord: Coordinate;
}

export interface DatacenterCoordinates {
  readonly Datacenter: string;
  readonly AreaID: string;
  readonly Coordinates: readonly NodeCoordinate[];
}

/** Network coordinates. */
export class CoordinateApi {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  /** Coordinates of the servers of all datacenters. */
  datacenters(options?: CallOptions): Read<readonly DatacenterCoordinates[]> {
    const decoder = asList<DatacenterCoordinates>();
    return this.#core.read(coordinateRoutes.datacenters, {}, {}, decoder, options);
  }

  /** Coordinates of all nodes of the datacenter. */
  nodes(options?: ReadOptions): Read<readonly NodeCoordinate[]> {
    return this.#core.read(coordinateRoutes.nodes, {}, {}, asList<NodeCoordinate>(), options);
  }

  /** Coordinates of a node, one a segment; empty where there are none. */
  node(node: string, options?: ReadOptions): Read<readonly NodeCoordinate[]> {
    const decoder = { ...asList<NodeCoordinate>(), accepts: [404] };
    return this.#core.read(coordinateRoutes.node, { node }, {}, decoder, options);
  }

  /** Reports the coordinate of a node; it is stored with others within seconds. */
  async update(coordinate: NodeCoordinate, options?: CallOptions): Promise<void> {
    const change = { route: coordinateRoutes.update, body: coordinate, idempotent: true };
    await this.#core.change(change, options);
  }
}
