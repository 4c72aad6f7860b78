/** What an auth method says of the bearer of a token of its. */
export interface VerifiedIdentity {
  /** For `value.x` in selectors and names; of type kubernetes for `serviceaccount.x`: namespace, name, uid. */
  readonly values: Readonly<Record<string, string>>;
  /** For `list.x` in selectors. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
}

/** Checks bearer tokens of auth methods; io implements it. */
export interface LoginVerifier {
  /** Throws `invalid-argument`, in the words "Invalid Auth Method: ...", on a configuration it cannot use. */
  check(type: string, config: Readonly<Record<string, unknown>>): void;
  /** Rejects with `permission-denied` for a token that proves nothing, `unavailable` without an answer. */
  verify(
    method: {
      readonly name: string;
      readonly type: string;
      readonly config: Readonly<Record<string, unknown>>;
    },
    bearerToken: string,
  ): Promise<VerifiedIdentity>;
}
