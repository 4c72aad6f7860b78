import { base64Encode } from '@mesh/base';
import { ApiFailure, request } from '../../api/request.ts';
import { fitsPath, keyPath } from './key-path.ts';
import { decodePair, type JsonPair, type Pair, parseWithFlags } from './kv-pair.ts';

/** What a write stores, and what it insists on. */
export interface KeyWrite {
  readonly value: Uint8Array;
  readonly flags: bigint;
  /** Written only if the key is at this ModifyIndex; 0: only if there is none. */
  readonly cas: number;
}

/** Reads a key with all bits of its flags; undefined where there is none. */
export async function readPair(
  dc: string,
  key: string,
  signal?: AbortSignal,
): Promise<Pair | undefined> {
  if (!fitsPath(key)) return readByTransaction(dc, key, signal);
  try {
    const { text } = await request('GET', keyPath(key), { query: { dc }, signal });
    const [json] = parseWithFlags<readonly JsonPair[]>(text);
    return json && decodePair(json);
  } catch (thrown) {
    if (thrown instanceof ApiFailure && thrown.status === 404) return undefined;
    throw thrown;
  }
}

/** Writes a key; false when somebody else was faster: nothing was written then. */
export async function writePair(dc: string, key: string, write: KeyWrite): Promise<boolean> {
  const { value, flags, cas } = write;
  if (!fitsPath(key)) {
    const Value = base64Encode(value);
    return changeByTransaction(dc, 'cas', key, { Value, Flags: flags, Index: cas });
  }
  const query = { dc, cas, flags: flags === 0n ? undefined : String(flags) };
  // A copy of its own: requests take no views of shared memory.
  const { text } = await request('PUT', keyPath(key), { query, bytes: new Uint8Array(value) });
  return text.trim() === 'true';
}

/**
 * Deletes a key, with an index only if it is still at that; false when somebody else changed it: nothing was
 * deleted then.
 */
export async function deleteKey(dc: string, key: string, cas?: number): Promise<boolean> {
  if (!fitsPath(key)) {
    return cas === undefined
      ? changeByTransaction(dc, 'delete', key, {})
      : changeByTransaction(dc, 'delete-cas', key, { Index: cas });
  }
  const { text } = await request('DELETE', keyPath(key), { query: { dc, cas } });
  return text.trim() === 'true';
}

/** Deletes everything whose key begins with a prefix. */
export async function deleteTree(dc: string, prefix: string): Promise<void> {
  if (!fitsPath(prefix)) await changeByTransaction(dc, 'delete-tree', prefix, {});
  else await request('DELETE', keyPath(prefix), { query: { dc, recurse: true } });
}

interface TransactionAnswer {
  readonly Results: readonly { readonly KV?: JsonPair }[] | null;
  readonly Errors: readonly { readonly What: string }[] | null;
}

/** Errors by which a transaction says that the operation's condition does not hold. */
const STALE = /index is stale/;
const ABSENT = /doesn't exist/;

async function readByTransaction(
  dc: string,
  key: string,
  signal?: AbortSignal,
): Promise<Pair | undefined> {
  const answer = await transact(dc, 'get', key, {}, signal);
  const pair = answer.Results?.[0]?.KV;
  if (pair) return decodePair(pair);
  return refusal(answer, ABSENT);
}

async function changeByTransaction(
  dc: string,
  verb: string,
  key: string,
  fields: Readonly<Record<string, string | number | bigint>>,
): Promise<boolean> {
  const answer = await transact(dc, verb, key, fields);
  if (!answer.Errors?.length) return true;
  refusal(answer, STALE);
  return false;
}

/** Throws unless an answer's failure is the one that was to be expected. */
function refusal({ Errors }: TransactionAnswer, expected: RegExp): undefined {
  const what = Errors?.[0]?.What ?? 'the agent answered without a result';
  if (!expected.test(what)) throw new ApiFailure(409, what);
  return undefined;
}

async function transact(
  dc: string,
  verb: string,
  key: string,
  fields: Readonly<Record<string, string | number | bigint>>,
  signal?: AbortSignal,
): Promise<TransactionAnswer> {
  const members = Object.entries({ Verb: verb, Key: key, ...fields }).map(
    // By hand, for Flags that JSON.stringify does not take.
    ([name, value]) => `"${name}":${typeof value === 'bigint' ? value : JSON.stringify(value)}`,
  );
  const bytes = new TextEncoder().encode(`[{"KV":{${members.join(',')}}}]`);
  try {
    const { text } = await request('PUT', '/v1/txn', { query: { dc }, bytes, signal });
    return parseWithFlags(text);
  } catch (thrown) {
    // 409 carries the same body as success: which operation failed, and why.
    if (thrown instanceof ApiFailure && thrown.status === 409)
      return parseWithFlags(thrown.message);
    throw thrown;
  }
}
