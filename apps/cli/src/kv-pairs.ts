/** A pair as the HTTP API shows it; Flags as text so that 64 bits survive. */
export interface ApiKvPair {
  readonly LockIndex: number;
  readonly Key: string;
  readonly Flags: bigint;
  readonly Value: Buffer;
  readonly Session: string;
  readonly CreateIndex: number;
  readonly ModifyIndex: number;
}

interface RawPair {
  readonly LockIndex: number;
  readonly Key: string;
  readonly Flags: number | string;
  readonly Value: string | null;
  readonly Session?: string;
  readonly CreateIndex: number;
  readonly ModifyIndex: number;
}

/** Parses the answer of a KV read. @throws Error for what is not one */
export function parseKvPairs(body: string): ApiKvPair[] {
  const rows = JSON.parse(quoteLargeFlags(body)) as readonly RawPair[];
  return rows.map((row) => ({
    LockIndex: row.LockIndex,
    Key: row.Key,
    Flags: BigInt(row.Flags),
    Value: Buffer.from(row.Value ?? '', 'base64'),
    Session: row.Session ?? '',
    CreateIndex: row.CreateIndex,
    ModifyIndex: row.ModifyIndex,
  }));
}

/**
 * Puts quotes around flags beyond 2^53, which JSON.parse would round. A quote inside a JSON text is escaped,
 * so the pattern cannot match there.
 */
export function quoteLargeFlags(json: string): string {
  return json.replace(/(?<!\\)("flags"\s*:\s*)(\d{16,20})(?=\s*[,}])/gi, '$1"$2"');
}
