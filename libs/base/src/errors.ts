/**
 * Stable error codes. One file maps them to HTTP (`http-server/src/status.ts`), one to exit codes.
 * `unknown-outcome` is its own: the request may or may not have taken effect.
 */
export type ErrorCode =
  | 'invalid-argument'
  | 'unauthenticated'
  | 'permission-denied'
  | 'not-found'
  | 'conflict'
  | 'too-large'
  | 'unsupported-media'
  | 'rate-limited'
  | 'unsupported'
  | 'no-leader'
  | 'no-servers'
  | 'unavailable'
  | 'unknown-outcome'
  | 'cancelled'
  | 'internal';

/** Failure of the world (peer, client, file, disk), never of our own code: that is an assert. */
export class MeshError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'MeshError';
    this.code = code;
  }

  /** Turns anything thrown into a MeshError; what is not one becomes `internal`. */
  static from(thrown: unknown): MeshError {
    if (thrown instanceof MeshError) return thrown;
    if (thrown instanceof Error)
      return new MeshError('internal', thrown.message, { cause: thrown });
    return new MeshError('internal', String(thrown));
  }
}

/** Shorthand for the most frequent failure: bad input of a client. */
export function invalid(message: string): MeshError {
  return new MeshError('invalid-argument', message);
}

/** Throws when our own code broke its promise. On in production. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}
