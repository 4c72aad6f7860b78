import type { AclGrants, AclToken } from '@mesh/api-contract';

/** A search over records of ACLs, taken apart. All of its parts must match. */
export interface AclSearch {
  /** Parts of any text, in lower case. */
  readonly words: readonly string[];
  /** By what stands before the colon: `policy`, `role`, `service`, `node`, `type`. */
  readonly parts: ReadonlyArray<readonly [key: string, value: string]>;
}

/** Texts of a record that a search looks into. */
export interface Searchable {
  /** For plain words. */
  readonly texts: readonly string[];
  /** For `key:value`. */
  readonly keyed: Readonly<Record<string, readonly string[]>>;
}

/** Takes apart `web policy:app`; what has a key that is not known is a plain word. */
export function parseAclSearch(text: string, keys: readonly string[]): AclSearch {
  const words: string[] = [];
  const parts: [string, string][] = [];
  for (const word of text.toLowerCase().split(/\s+/).filter(Boolean)) {
    const colon = word.indexOf(':');
    const key = word.slice(0, Math.max(colon, 0));
    if (keys.includes(key)) parts.push([key, word.slice(colon + 1)]);
    else words.push(word);
  }
  return { words, parts };
}

/** Whether a record is what a search is for. */
export function matchesAcl({ texts, keyed }: Searchable, { words, parts }: AclSearch): boolean {
  const holds = (among: readonly string[], part: string) =>
    among.some((text) => text.toLowerCase().includes(part));
  return (
    words.every((word) => holds(texts, word)) &&
    parts.every(([key, value]) => holds(keyed[key] ?? [], value))
  );
}

/** Keys of searches over what grants. */
export const GRANT_KEYS = ['policy', 'role', 'service', 'node'] as const;

/** What is searched of a token or role. */
export function searchableGrants(
  record: AclGrants & Pick<AclToken, 'Roles'>,
  ...texts: readonly string[]
): Searchable {
  const keyed = {
    policy: (record.Policies ?? []).map(({ Name }) => Name),
    role: (record.Roles ?? []).map(({ Name }) => Name),
    service: (record.ServiceIdentities ?? []).map(({ ServiceName }) => ServiceName),
    node: (record.NodeIdentities ?? []).map(({ NodeName }) => NodeName),
  };
  return { texts: [...texts, ...Object.values(keyed).flat()], keyed };
}
