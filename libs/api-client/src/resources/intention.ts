import { type Intention, type IntentionMatches, intentionRoutes } from '@mesh/api-contract';
import { asIs, asList, type ClientCore } from '../client-core.ts';
import type { CallOptions, ReadOptions } from '../options.ts';
import type { Read } from '../read.ts';

/** An intention to be stored; names may be `*`. */
export type IntentionChange = Partial<Intention> & Pick<Intention, 'Action'>;

/** The two names that an intention joins. */
export interface IntentionNames {
  readonly source: string;
  readonly destination: string;
}

/** Which service may connect to which. */
export class IntentionApi {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  /** All intentions, in order of precedence. */
  list(options?: ReadOptions): Read<readonly Intention[]> {
    return this.#core.read(intentionRoutes.list, {}, {}, asList<Intention>(), options);
  }

  /** @returns the ID of the new intention */
  async create(intention: IntentionChange, options?: CallOptions): Promise<string> {
    const change = { route: intentionRoutes.create, body: intention, idempotent: false };
    return idOf(await this.#core.change(change, options));
  }

  /** Intentions that match names on one side, by name. */
  match(
    by: 'source' | 'destination',
    names: readonly string[],
    options?: ReadOptions,
  ): Read<IntentionMatches> {
    const query = { by, name: names };
    return this.#core.read(intentionRoutes.match, {}, query, asIs<IntentionMatches>(), options);
  }

  /** Whether one service may connect to another. */
  check(names: IntentionNames, options?: ReadOptions): Read<boolean> {
    const decoder = { decode: (body: unknown) => (body as { Allowed?: boolean }).Allowed === true };
    return this.#core.read(intentionRoutes.check, {}, { ...names }, decoder, options);
  }

  /** The intention between two names; rejects with ApiError 404 when there is none. */
  getExact(names: IntentionNames, options?: ReadOptions): Read<Intention> {
    return this.#core.read(intentionRoutes.exactGet, {}, { ...names }, asIs<Intention>(), options);
  }

  /** Creates the intention between two names, or replaces it. */
  async setExact(
    names: IntentionNames,
    intention: IntentionChange,
    options?: CallOptions,
  ): Promise<void> {
    const route = { route: intentionRoutes.exactSet, query: { ...names } };
    await this.#core.change({ ...route, body: intention, idempotent: true }, options);
  }

  /** Deletes the intention between two names, if it is there. */
  async deleteExact(names: IntentionNames, options?: CallOptions): Promise<void> {
    const route = { route: intentionRoutes.exactDelete, query: { ...names } };
    await this.#core.change({ ...route, idempotent: true }, options);
  }

  /** An intention by its ID; rejects with ApiError 404 when there is none. */
  get(id: string, options?: ReadOptions): Read<Intention> {
    return this.#core.read(intentionRoutes.get, { id }, {}, asIs<Intention>(), options);
  }

  /** Replaces an intention. @returns its ID */
  async update(id: string, intention: IntentionChange, options?: CallOptions): Promise<string> {
    const route = { route: intentionRoutes.update, params: { id } };
    const change = { ...route, body: intention, idempotent: true };
    return idOf(await this.#core.change(change, options));
  }

  /** Deletes an intention. */
  async delete(id: string, options?: CallOptions): Promise<void> {
    const route = { route: intentionRoutes.delete, params: { id } };
    await this.#core.change({ ...route, idempotent: false }, options);
  }
}

function idOf({ body }: { readonly body: string }): string {
  return (JSON.parse(body) as { ID: string }).ID;
}
