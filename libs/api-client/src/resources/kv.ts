import { type KvPair, kvRoutes } from '@mesh/api-contract';
import { base64Decode } from '@mesh/base';
import type { ClientCore } from '../client-core.ts';
import { ApiError } from '../errors.ts';
import type { CallOptions, ReadOptions } from '../options.ts';
import type { Decoder, Read } from '../read.ts';
import { flagsOf, parseWithWideFlags } from '../wide-flags.ts';

export interface KvPutOptions extends CallOptions {
  /** Number kept with the key. Unsigned 64-bit. @default 0 */
  readonly flags?: number | bigint;
  /** Write only if the key is at this ModifyIndex; 0: only if there is no such key. */
  readonly cas?: number;
  /** Session that takes the lock with the write. */
  readonly acquire?: string;
  /** Session that gives the lock back with the write. */
  readonly release?: string;
}

export interface KvDeleteOptions extends CallOptions {
  /** Delete only if the key is at this ModifyIndex. */
  readonly cas?: number;
  /** Delete everything that begins with the key. */
  readonly recurse?: boolean;
}

/** A pair as it stands in JSON. */
interface JsonPair extends Omit<KvPair, 'Value' | 'Flags'> {
  readonly Flags: number | string;
  readonly Value: string | null;
}

const PAIRS: Decoder<readonly KvPair[]> = {
  parse: parseWithWideFlags,
  accepts: [404],
  decode: (body) => ((body ?? []) as readonly JsonPair[]).map(decodePair),
};

/** The key-value store. Keys that a URL cannot carry are refused: those with `//`, `/./` or `/../`. */
export class KvApi {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  /** One key; undefined where there is none. */
  get(key: string, options?: ReadOptions): Read<KvPair | undefined> {
    const decoder = { ...PAIRS, decode: (body: unknown) => PAIRS.decode(body, 200)[0] };
    return this.#core.read(kvRoutes.get, { key }, {}, decoder, options);
  }

  /** All keys that begin with a prefix, with their values, in order. */
  list(prefix: string, options?: ReadOptions): Read<readonly KvPair[]> {
    return this.#core.read(kvRoutes.get, { key: prefix }, { recurse: true }, PAIRS, options);
  }

  /** Names of the keys that begin with a prefix, cut after the next `separator` behind it. */
  keys(
    prefix: string,
    options: ReadOptions & { readonly separator?: string } = {},
  ): Read<readonly string[]> {
    const decoder: Decoder<readonly string[]> = {
      accepts: [404],
      decode: (body) => (body ?? []) as readonly string[],
    };
    const query = { keys: true, separator: options.separator || undefined };
    return this.#core.read(kvRoutes.get, { key: prefix }, query, decoder, options);
  }

  /** Writes. @returns false when `cas`, `acquire` or `release` did not hold: nothing was written */
  async put(key: string, value: string | Uint8Array, options: KvPutOptions = {}): Promise<boolean> {
    requireKey(key);
    const { flags, cas, acquire, release } = options;
    const change = {
      route: kvRoutes.put,
      params: { key },
      query: { flags: flags || undefined, cas, acquire, release },
      body: value,
      // A second cas or release would be told that the first was not its own.
      idempotent: cas === undefined && release === undefined,
    };
    return isTrue((await this.#core.change(change, options)).body);
  }

  /** Deletes. @returns false when `cas` did not hold, and nothing was deleted */
  async delete(key: string, options: KvDeleteOptions = {}): Promise<boolean> {
    const { cas, recurse } = options;
    if (!recurse) requireKey(key);
    const change = {
      route: kvRoutes.delete,
      params: { key },
      query: { cas, recurse },
      idempotent: cas === undefined,
    };
    return isTrue((await this.#core.change(change, options)).body);
  }
}

function decodePair(pair: JsonPair): KvPair {
  const value = base64Decode(pair.Value ?? '');
  if (value === undefined) throw new ApiError(`key ${pair.Key}: the value is not base64`);
  return { ...pair, Flags: flagsOf(pair.Flags), Value: value };
}

function requireKey(key: string): void {
  if (key === '') throw new ApiError('a key cannot be empty');
}

function isTrue(body: string): boolean {
  return body.trim() === 'true';
}
