const WIDE_FLAGS = /(?<!\\)("Flags"\s*:\s*)(\d{16,20})(?=\s*[,}])/g;

/**
 * Parses JSON in which Flags of KV pairs may need 64 bits: those beyond 2^53 become texts of digits. A quote
 * inside a JSON text is escaped, so the pattern cannot match there.
 */
export function parseWithWideFlags(json: string): unknown {
  return JSON.parse(json.replace(WIDE_FLAGS, '$1"$2"')) as unknown;
}

/** Flags of a pair, from the number or the digits: bigint only where a number would lose bits. */
export function flagsOf(value: unknown): number | bigint {
  const flags = BigInt(value as string | number);
  return flags > BigInt(Number.MAX_SAFE_INTEGER) ? flags : Number(flags);
}
