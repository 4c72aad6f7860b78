/** Why the ACL routes do not answer: what a person can do about it differs. */
export type Denial =
  /** ACLs are switched off. */
  | 'off'
  /** Nobody is signed in, and that is not enough. */
  | 'anonymous'
  /** The token that is used does not exist, or not any more. */
  | 'unknown-token'
  /** The token that is used may not. */
  | 'lacking';

interface Refusal {
  readonly status: number;
  readonly message: string;
}

/** Takes a failure for a denial; undefined for every other failure. */
export function denialOf({ status, message }: Refusal, isSignedIn: boolean): Denial | undefined {
  if (status === 401) return 'off';
  if (status !== 403) return undefined;
  if (!isSignedIn) return 'anonymous';
  return isNotFound(message) ? 'unknown-token' : 'lacking';
}

/**
 * The agent says "ACL not found" of a record that does not exist, and of a token that does not: which of
 * them is known only by asking for the token.
 */
export function isNotFound(message: string): boolean {
  return /ACL not found/i.test(message);
}
