import type { KvPair } from '@mesh/api-client';
import { utf8Bytes, utf8Text } from '@mesh/base';
import { LockError } from './errors.ts';

/** Flags that mark the keys of a semaphore; the original's libraries check it. */
export const SEMAPHORE_FLAGS = 0xe0f69a2baa414de0n;
/** Key below the prefix that says who holds a slot. */
export const SEMAPHORE_KEY = '.lock';

/** Content of the `.lock` key: `{"Limit":2,"Holders":{"<session>":true}}`. */
export interface SemaphoreState {
  readonly limit: number;
  readonly holders: ReadonlySet<string>;
  /** For cas; 0 where there is no key yet. */
  readonly modifyIndex: number;
}

/**
 * Reads the state, without holders that are gone: those whose own key is not locked by their session any
 * more. @throws LockError `conflict` for keys that are none of a semaphore, `limit-mismatch`
 */
export function readSemaphore(
  prefix: string,
  pairs: readonly KvPair[],
  limit: number,
): SemaphoreState {
  const lockKey = prefix + SEMAPHORE_KEY;
  const lock = pairs.find((pair) => pair.Key === lockKey);
  const alive = new Set(
    pairs
      .filter((pair) => pair.Session && pair.Key === prefix + pair.Session)
      .map((p) => p.Session),
  );
  if (!lock) return { limit, holders: new Set(), modifyIndex: 0 };
  if (BigInt(lock.Flags) !== SEMAPHORE_FLAGS) throw conflict(lockKey);
  const stored = parse(lockKey, utf8Text(lock.Value ?? new Uint8Array()));
  if (stored.limit !== limit) {
    const message = `semaphore ${prefix} has the limit ${stored.limit}, not ${limit}`;
    throw new LockError('limit-mismatch', message);
  }
  const holders = new Set([...stored.holders].filter((session) => alive.has(session)));
  return { limit, holders, modifyIndex: lock.ModifyIndex };
}

/** The state as the `.lock` key keeps it. */
export function encodeSemaphore(limit: number, holders: ReadonlySet<string>): Uint8Array {
  const map = Object.fromEntries([...holders].sort().map((session) => [session, true]));
  return utf8Bytes(JSON.stringify({ Limit: limit, Holders: map }));
}

function parse(key: string, text: string): { limit: number; holders: readonly string[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw conflict(key);
  }
  const { Limit, Holders } = (value ?? {}) as { Limit?: unknown; Holders?: unknown };
  if (typeof Limit !== 'number') throw conflict(key);
  return {
    limit: Limit,
    holders: Holders && typeof Holders === 'object' ? Object.keys(Holders) : [],
  };
}

function conflict(key: string): LockError {
  return new LockError('conflict', `key ${key} exists and is not of a semaphore`);
}
