import type { CheckResult } from './types.ts';

/** One way to look at something's health. */
export interface Probe {
  /** `script`, `http`... as the API names it. */
  readonly type: string;
  /**
   * Looks once. What goes wrong is the output of a critical result; a rejection counts as one with its
   * message. Settles soon after `signal` aborts, with nothing left running.
   */
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
  // As of a stream: what is left of a character at the end is held back.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return decoder.decode(bytes.subarray(0, maxBytes), { stream: true });
}
