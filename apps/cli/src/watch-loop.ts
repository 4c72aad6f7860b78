import { goJson } from '@mesh/cli-kit';
import { type AgentApi, ApiStatusError } from './agent-api/agent-api.ts';
import type { WatchQuestion } from './watch-types.ts';

export interface WatchLoopOptions {
  readonly api: AgentApi;
  readonly question: WatchQuestion;
  readonly signal: AbortSignal;
  /** Called for every new answer, one at a time; false ends the loop. */
  onChange(value: unknown, index: bigint): Promise<boolean>;
  /** Told of a failed question; the next one comes after `retryMs`. */
  onFailure(message: string, retryMs: number): void;
}

const RETRY_MS = 5000;
const MAX_RETRY_MS = 180_000;
/** Pause where the agent names no index to wait for. */
const WITHOUT_INDEX_MS = 1000;

/** Asks with blocking queries until the caller has enough or the signal fires. */
export async function watchLoop(options: WatchLoopOptions): Promise<void> {
  const { api, question, signal } = options;
  let index = 0n;
  let shown: string | undefined;
  let lastEvent = '';
  let failures = 0;
  while (!signal.aborted) {
    let body: string;
    let answered: bigint;
    try {
      const query = { ...question.query, index: index === 0n ? undefined : String(index) };
      const answer = await api.call('GET', question.path, { query, signal });
      body = bodyOf(question, answer.status, answer.body.toString('utf8'));
      answered = indexOf(answer.headers.get('x-consul-index'));
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      const retryMs = Math.min(RETRY_MS * failures * failures, MAX_RETRY_MS);
      options.onFailure((error as Error).message, retryMs);
      index = 0n;
      await pause(retryMs, signal);
      continue;
    }
    if (answered === 0n) await pause(WITHOUT_INDEX_MS, signal);
    if (answered !== 0n && answered === index) continue;
    // An index that goes back is of a restored or another cluster: everything counts anew.
    index = answered < index && !question.newestOnly ? 0n : answered;
    let value = question.decode(body);
    if (question.newestOnly) {
      const events = value as readonly { readonly ID: string }[];
      value = events.slice(events.findIndex((event) => event.ID === lastEvent) + 1);
      lastEvent = events.at(-1)?.ID ?? lastEvent;
    }
    const text = goJson(value);
    if (text === shown) continue;
    shown = text;
    if (!(await options.onChange(value, answered))) return;
  }
}

function bodyOf(question: WatchQuestion, status: number, body: string): string {
  if (status === 200) return body;
  if (status === 404 && question.mayBeAbsent) return '';
  throw new ApiStatusError(status, body);
}

function indexOf(text: string | undefined): bigint {
  return text !== undefined && /^\d{1,20}$/.test(text) ? BigInt(text) : 0n;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
