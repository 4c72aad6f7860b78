import { base64Decode } from '@mesh/base';

/** A key as the pages hold it. */
export interface Pair {
  readonly key: string;
  readonly value: Uint8Array;
  /** Unsigned 64-bit. */
  readonly flags: bigint;
  /** Session that holds the lock; '' for none. */
  readonly session: string;
  readonly createIndex: number;
  readonly modifyIndex: number;
  readonly lockIndex: number;
}

/** A pair as it stands in an answer; Flags are text where a number would lose bits. */
export interface JsonPair {
  readonly Key: string;
  readonly Value: string | null;
  readonly Flags: number | string;
  readonly Session?: string;
  readonly CreateIndex: number;
  readonly ModifyIndex: number;
  readonly LockIndex: number;
}

const MAX_FLAGS = 2n ** 64n - 1n;
const WIDE_FLAGS = /(?<!\\)("Flags"\s*:\s*)(\d{16,20})(?=\s*[,}])/g;

/** The pair of an answer. Throws for a value that is not base64. */
export function decodePair(json: JsonPair): Pair {
  const value = base64Decode(json.Value ?? '');
  if (!value) throw new Error(`the answer for ${json.Key} holds a value that is not base64`);
  return {
    key: json.Key,
    value,
    flags: BigInt(json.Flags),
    session: json.Session ?? '',
    createIndex: json.CreateIndex,
    modifyIndex: json.ModifyIndex,
    lockIndex: json.LockIndex,
  };
}

/** Whether Flags were a number too large for JSON.parse: the answer has to be read as text then. */
export function hasRoundedFlags({ Flags }: JsonPair): boolean {
  return typeof Flags === 'number' && !Number.isSafeInteger(Flags);
}

/**
 * Parses an answer with pairs so that Flags keep all their bits: those beyond 2^53 become text. A quote within
 * a JSON string is escaped, so the pattern matches none there.
 */
export function parseWithFlags<T>(json: string): T {
  return JSON.parse(json.replace(WIDE_FLAGS, '$1"$2"')) as T;
}

/** Flags as a person wrote them; undefined where they are no whole number from 0 to 2^64-1. */
export function parseFlags(text: string): bigint | undefined {
  const clean = text.trim();
  if (!/^\d{1,20}$/.test(clean)) return undefined;
  const flags = BigInt(clean);
  return flags <= MAX_FLAGS ? flags : undefined;
}
