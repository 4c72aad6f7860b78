import { MeshError } from '@mesh/base';
import { decodeSerf, encodeSerf } from '../wire/serf-codec.ts';
import { KEY_QUERIES, type KeyOperation } from './internal-names.ts';
import type { QueryParams } from './types.ts';

/**
 * The query that has every member do something with its keyring. `key` is the raw key; left out for `list`.
 * `relayFactor` 0..255: members that relay each answer a second time.
 */
export function keyQuery(
  operation: KeyOperation,
  key: Uint8Array | undefined,
  relayFactor: number,
): QueryParams {
  const payload = encodeSerf({ kind: 'keyRequest', key });
  return { name: KEY_QUERIES[operation], payload, relayFactor };
}

/** What the members said to a key query. */
export interface KeyQueryResult {
  /** Members asked. */
  readonly members: number;
  /** Members that answered, with whatever. */
  readonly answers: number;
  /** Members that answered with a failure, or with nonsense. */
  readonly failures: number;
  /** Name of a member -> what it remarked; all failures are here. */
  readonly messages: Readonly<Record<string, string>>;
  /** Base64 of a key -> members that have it. */
  readonly keys: Readonly<Record<string, number>>;
  /** Base64 of a key -> members that encrypt with it. */
  readonly primaryKeys: Readonly<Record<string, number>>;
  /** Why the operation as a whole failed; undefined when every member did it. */
  readonly error: string | undefined;
}

/** Counts the answers to a key query: it succeeded only where every member says so. */
export class KeyQueryDigest {
  private readonly members: number;
  private readonly answered = new Set<string>();
  private readonly messages = new Map<string, string>();
  private readonly keys = new Map<string, number>();
  private readonly primaryKeys = new Map<string, number>();
  private failures = 0;

  /** @param members how many are alive, and so are to answer; the asker included */
  constructor(members: number) {
    this.members = members;
  }

  /** Whether all have answered: there is nothing more to wait for. */
  get isComplete(): boolean {
    return this.answered.size >= this.members;
  }

  /** Takes the payload of one answer; a second one of the same member is ignored. */
  add(from: string, payload: Uint8Array): void {
    if (this.answered.has(from)) return;
    this.answered.add(from);
    const fault = this.read(from, payload);
    if (fault === undefined) return;
    this.failures += 1;
    this.messages.set(from, fault);
  }

  /** What is known so far. */
  result(): KeyQueryResult {
    return {
      members: this.members,
      answers: this.answered.size,
      failures: this.failures,
      messages: Object.fromEntries(this.messages),
      keys: Object.fromEntries(this.keys),
      primaryKeys: Object.fromEntries(this.primaryKeys),
      error: this.error(),
    };
  }

  private error(): string | undefined {
    if (this.failures > 0) return `${this.failures}/${this.members} nodes reported failure`;
    if (this.answered.size === this.members) return undefined;
    return `${this.answered.size}/${this.members} nodes reported success`;
  }

  /** Why the answer counts as a failure. */
  private read(from: string, payload: Uint8Array): string | undefined {
    try {
      const answer = decodeSerf(payload);
      if (answer.kind !== 'keyResponse') {
        return `Invalid key query response type: ${answer.kind}`;
      }
      if (!answer.result) return answer.message;
      // A list that was too long for one answer says so, and is a success.
      if (answer.message !== '') this.messages.set(from, answer.message);
      for (const key of answer.keys) countOne(this.keys, key);
      if (answer.primaryKey !== '') countOne(this.primaryKeys, answer.primaryKey);
      return undefined;
    } catch (thrown) {
      return `Failed to decode key query response: ${MeshError.from(thrown).message}`;
    }
  }
}

function countOne(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
