/** What a client asked of one key. Values are never written twice, so a value names its write. */
export type KvRequest =
  | { readonly kind: 'put'; readonly value: string }
  /** Writes `value` if the key holds `expected`; undefined expects no such key. */
  | { readonly kind: 'cas'; readonly expected: string | undefined; readonly value: string }
  | { readonly kind: 'read' };

/** One operation of a client as it saw it; times in milliseconds of one monotonic clock. */
export interface KvOperation {
  readonly client: number;
  readonly key: string;
  readonly request: KvRequest;
  readonly invokedAtMs: number;
  /** undefined: no answer came, or one that leaves it open; it may take effect at any time after. */
  readonly returnedAtMs: number | undefined;
  /** Of a cas: whether it wrote. */
  readonly wrote?: boolean;
  /** Of a read: the value; undefined when there was no such key. */
  readonly value?: string | undefined;
}

/** An operation under way. Exactly one of its methods is called, once. */
export interface PendingOperation {
  put(): void;
  cas(wrote: boolean): void;
  read(value: string | undefined): void;
  /** It certainly had no effect: not part of the history. */
  refused(): void;
  /** Its fate is not known. */
  unknown(): void;
}

/** Records what clients ask and are answered, for a checker of linearizability. */
export class KvHistory {
  private readonly finished: KvOperation[] = [];
  private readonly open = new Set<Omit<KvOperation, 'returnedAtMs'>>();
  private readonly nowMs: () => number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.nowMs = nowMs;
  }

  invoke(client: number, key: string, request: KvRequest): PendingOperation {
    const start = { client, key, request, invokedAtMs: this.nowMs() };
    this.open.add(start);
    const end = (outcome: Partial<KvOperation> | undefined) => {
      if (!this.open.delete(start)) throw new Error('an operation ends once');
      if (outcome) this.finished.push({ returnedAtMs: this.nowMs(), ...start, ...outcome });
    };
    return {
      put: () => end({}),
      cas: (wrote) => end({ wrote }),
      read: (value) => end({ value }),
      refused: () => end(undefined),
      // A read without an answer says nothing.
      unknown: () => end(request.kind === 'read' ? undefined : { returnedAtMs: undefined }),
    };
  }

  /** Everything so far, in order of invocation; writes still under way count as unknown. */
  operations(): readonly KvOperation[] {
    const open = [...this.open]
      .filter(({ request }) => request.kind !== 'read')
      .map((start) => ({ ...start, returnedAtMs: undefined }));
    return [...this.finished, ...open].sort((a, b) => a.invokedAtMs - b.invokedAtMs);
  }
}
