/**
 * A request without success: an answer with an error status, or no answer at all. For what the caller did
 * wrong (an impossible key, say) it has status 0 and `retryable` false.
 */
export class ApiError extends Error {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Text of the answer; '' when there was none. */
  readonly body: string;
  /** The same request may succeed later: no leader, overload, no connection. */
  readonly retryable: boolean;

  constructor(
    message: string,
    details: { status?: number; body?: string; retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ApiError';
    this.status = details.status ?? 0;
    this.body = details.body ?? '';
    this.retryable = details.retryable ?? false;
  }

  /** Of an answer: 429 and 5xx are worth a retry, nothing else is. */
  static ofAnswer(method: string, path: string, status: number, body: string): ApiError {
    const text = body.trim().slice(0, MAX_QUOTED_CHARACTERS);
    return new ApiError(`${method} ${path}: ${status}${text === '' ? '' : ` (${text})`}`, {
      status,
      body,
      retryable: status === 429 || status >= 500,
    });
  }
}

/** How much of a body stands in a message. */
const MAX_QUOTED_CHARACTERS = 200;

/** True for the error that an aborted signal leaves. */
export function isAbort(error: unknown, signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && !(error instanceof ApiError);
}
