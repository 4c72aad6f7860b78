import type { CheckResult } from './types.ts';

/** One way to look at something's health. */
export interface Probe {
  /** `script`, `http`... as the API names it. */
  readonly type: string;
  /** Looks once. Settles for whatever happens: what went wrong is the output of a critical result. */
  run(signal: AbortSignal): Promise<CheckResult>;
}

/** A critical result with what went wrong. */
export function critical(output: string): CheckResult {
  return { status: 'critical', output };
}

/** The first bytes of a text, cut at a whole character. */
export function cutBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  return new TextDecoder().decode(bytes.subarray(0, maxBytes)).replace(/\uFFFD+$/, '');
}

/** What a failed connection is called by tools that people know: `dial tcp HOST: connect: connection refused`. */
export function dialError(target: string, error: NodeJS.ErrnoException): string {
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'connect: connection refused',
    EHOSTUNREACH: 'connect: no route to host',
    ENETUNREACH: 'connect: network is unreachable',
    ETIMEDOUT: 'i/o timeout',
    ENOTFOUND: 'no such host',
    EAI_AGAIN: 'temporary failure in name resolution',
    ECONNRESET: 'read: connection reset by peer',
  };
  const reason = reasons[error.code ?? ''] ?? error.message;
  return `dial tcp ${target}: ${reason}`;
}
