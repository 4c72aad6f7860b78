/** What a write of one key may say. */
export interface KvWrite {
  readonly key: string;
  readonly value: Uint8Array;
  readonly flags: number | bigint;
}

/** How a key is written. */
export type KvOperation =
  | ({ readonly op: 'set' } & KvWrite)
  | ({ readonly op: 'cas'; readonly index: number } & KvWrite)
  | ({ readonly op: 'lock'; readonly session: string } & KvWrite)
  | ({ readonly op: 'unlock'; readonly session: string } & KvWrite)
  | { readonly op: 'delete'; readonly key: string }
  | { readonly op: 'delete-cas'; readonly key: string; readonly index: number }
  | { readonly op: 'delete-tree'; readonly key: string };
