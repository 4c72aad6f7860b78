import {
  type PreparedQuery,
  type PreparedQueryResult,
  type PreparedQueryService,
  queryRoutes,
} from '@mesh/api-contract';
import { asIs, asList, type ClientCore } from '../client-core.ts';
import type { CallOptions, ReadOptions } from '../options.ts';
import type { Read } from '../read.ts';

/** A prepared query to store. */
export interface PreparedQueryRequest {
  readonly Name?: string;
  readonly Session?: string;
  readonly Token?: string;
  readonly Template?: Partial<PreparedQuery['Template']>;
  readonly Service: Partial<PreparedQueryService> & Pick<PreparedQueryService, 'Service'>;
  readonly DNS?: PreparedQuery['DNS'];
}

export interface ExecuteOptions extends ReadOptions {
  /** Nearest to this node first; `_agent` is the node of the agent. */
  readonly near?: string;
  /** At most so many instances. */
  readonly limit?: number;
  /** Only instances that serve over mutual TLS. */
  readonly connect?: boolean;
}

/** Prepared queries: stored questions for instances, with failover to other datacenters. */
export class QueryApi {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  /** All of them. */
  list(options?: ReadOptions): Read<readonly PreparedQuery[]> {
    return this.#core.read(queryRoutes.list, {}, {}, asList<PreparedQuery>(), options);
  }

  /** Stores one. @returns its id */
  async create(request: PreparedQueryRequest, options?: CallOptions): Promise<string> {
    const change = { route: queryRoutes.create, body: request, idempotent: false };
    const { body } = await this.#core.change(change, options);
    return (JSON.parse(body) as { ID: string }).ID;
  }

  /** One by its id; undefined where there is none. */
  get(id: string, options?: ReadOptions): Read<PreparedQuery | undefined> {
    const decoder = {
      accepts: [404],
      decode: (body: unknown) => ((body ?? []) as readonly PreparedQuery[])[0],
    };
    return this.#core.read(queryRoutes.get, { id }, {}, decoder, options);
  }

  /** Replaces one. */
  async update(id: string, request: PreparedQueryRequest, options?: CallOptions): Promise<void> {
    const route = { route: queryRoutes.update, params: { id } };
    await this.#core.change({ ...route, body: request, idempotent: true }, options);
  }

  /** Deletes one. */
  async delete(id: string, options?: CallOptions): Promise<void> {
    const change = { route: queryRoutes.delete, params: { id }, idempotent: true };
    await this.#core.change(change, options);
  }

  /** Runs one, by its id, its name, or a name that fits a template. */
  execute(idOrName: string, options: ExecuteOptions = {}): Read<PreparedQueryResult> {
    const { near, limit, connect } = options;
    const query = { near, limit, connect: connect ? 'true' : undefined };
    const decoder = asIs<PreparedQueryResult>();
    return this.#core.read(queryRoutes.execute, { id: idOrName }, query, decoder, options);
  }

  /** The query that a name leads to, its template filled in; undefined where it leads nowhere. */
  explain(idOrName: string, options?: ReadOptions): Read<PreparedQuery | undefined> {
    const decoder = {
      accepts: [404],
      decode: (body: unknown) => (body as { readonly Query: PreparedQuery } | null)?.Query,
    };
    return this.#core.read(queryRoutes.explain, { id: idOrName }, {}, decoder, options);
  }
}
