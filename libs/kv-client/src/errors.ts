/** Why a lock or semaphore could not be had, or was lost. */
export type LockErrorCode =
  /** Another program uses the key for something else. */
  | 'conflict'
  /** The semaphore exists with another limit. */
  | 'limit-mismatch'
  /** It is held or waited for already by this object. */
  | 'already-held'
  /** The session or the key is gone. */
  | 'lost'
  /** Others still use it. */
  | 'in-use';

export class LockError extends Error {
  readonly code: LockErrorCode;

  constructor(code: LockErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'LockError';
    this.code = code;
  }
}

/** A stored value that the codec cannot read. */
export class DecodeError extends Error {
  readonly key: string;

  constructor(key: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`key ${key}: the value cannot be decoded: ${why}`, { cause });
    this.name = 'DecodeError';
    this.key = key;
  }
}
