import { configEntryRoutes, type RaftIndex } from '@mesh/api-contract';
import { asIs, asList, type ClientCore } from '../client-core.ts';
import type { CallOptions, ReadOptions } from '../options.ts';
import type { Read } from '../read.ts';

/** An entry to be stored: Kind, Name, and what the kind has. */
export interface ConfigEntryChange {
  readonly Kind: string;
  readonly Name: string;
  readonly [field: string]: unknown;
}

export type ConfigEntry = ConfigEntryChange & RaftIndex;

/** Central configuration of services and proxies. */
export class ConfigApi {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  /** One entry; rejects with ApiError 404 when there is none. */
  get(kind: string, name: string, options?: ReadOptions): Read<ConfigEntry> {
    const params = { kind, name };
    return this.#core.read(configEntryRoutes.get, params, {}, asIs<ConfigEntry>(), options);
  }

  /** Entries of a kind. */
  list(kind: string, options?: ReadOptions): Read<readonly ConfigEntry[]> {
    return this.#core.read(configEntryRoutes.list, { kind }, {}, asList<ConfigEntry>(), options);
  }

  /**
   * Stores an entry.
   * @param cas ModifyIndex that it must have, 0: it must not be there
   * @returns false when `cas` does not hold
   */
  async set(entry: ConfigEntryChange, cas?: number, options?: CallOptions): Promise<boolean> {
    // Asked again after a lost answer, a cas that was done would fail.
    const idempotent = cas === undefined;
    const change = { route: configEntryRoutes.apply, query: { cas }, body: entry, idempotent };
    return (await this.#core.change(change, options)).body.trim() === 'true';
  }

  /** Deletes an entry; nothing happens where there is none. */
  async delete(kind: string, name: string, options?: CallOptions): Promise<void> {
    const change = { route: configEntryRoutes.delete, params: { kind, name }, idempotent: true };
    await this.#core.change(change, options);
  }
}
