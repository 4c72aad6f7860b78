import { type Logger, MeshError, type Platform, type Timer } from '@mesh/base';
import type { AgentAnswer, AgentHttp } from './agent-http.ts';
import type { AgentPresence } from './agent-presence.ts';

/** First and longest wait after a failure, milliseconds. */
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 10_000;
/** How long the agent is asked to wait, milliseconds. */
const WAIT_MS = 60_000;
/** Between two questions of a watch: a value that changes without end costs no more, milliseconds. */
const PAUSE_MS = 20;
/** The same where an answer gives nothing to wait for, milliseconds. */
const POLL_MS = 5000;

export interface WatchedOptions<T> {
  readonly http: AgentHttp;
  /** Without index and wait; may have a query of its own. */
  readonly path: string;
  /** Query parameter and header that block: by log index, or by a hash of the contents. @default index */
  readonly by?: 'index' | 'hash';
  readonly decode: (value: unknown) => T;
  readonly onValue: (value: T) => void;
  /** What it is, for the log. */
  readonly what: string;
  readonly presence: AgentPresence;
  readonly platform: Platform;
  readonly logger: Logger;
}

/**
 * A value of the agent that is followed by blocking queries: the last one stays while the agent is away, or
 * gives another that cannot be used.
 */
export class Watched<T> {
  private readonly options: WatchedOptions<T>;
  private readonly abort = new AbortController();
  private timer: Timer | undefined;
  private position = '';
  private retryMs = RETRY_MIN_MS;
  private isFailing = false;
  private first: { resolve(): void; reject(error: Error): void } | undefined;

  constructor(options: WatchedOptions<T>) {
    this.options = options;
  }

  /** Resolves with the first value; rejects when the agent refuses it. While the agent is away it waits. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.first = { resolve, reject };
      void this.round();
    });
  }

  stop(): void {
    this.timer?.cancel();
    this.abort.abort();
  }

  private async round(): Promise<void> {
    const { logger, what } = this.options;
    const answer = await this.ask();
    if (!answer || this.abort.signal.aborted) return;
    try {
      if (answer.status !== 200) throw refusal(answer);
      this.take(answer);
      if (this.isFailing) logger.info('the agent gives it again', { what });
      this.isFailing = false;
      this.retryMs = RETRY_MIN_MS;
      this.again(this.position === '' ? POLL_MS : PAUSE_MS);
    } catch (thrown) {
      this.failed(MeshError.from(thrown));
    }
  }

  /** The answer; where there is none it is asked for again later. */
  private async ask(): Promise<AgentAnswer | undefined> {
    const { http, path, by = 'index', presence, what } = this.options;
    const joint = path.includes('?') ? '&' : '?';
    const position = encodeURIComponent(this.position);
    const blocking = position === '' ? '' : `${joint}${by}=${position}&wait=${WAIT_MS / 1000}s`;
    try {
      const { signal } = this.abort;
      // The agent adds up to a sixteenth of its own.
      const answer = await http.ask('GET', path + blocking, { signal, waitMs: WAIT_MS * 1.1 });
      presence.answered();
      return answer;
    } catch (thrown) {
      if (this.abort.signal.aborted) return undefined;
      presence.missed(what, MeshError.from(thrown).message);
      this.retry();
      return undefined;
    }
  }

  private take(answer: AgentAnswer): void {
    const { by = 'index', decode, onValue } = this.options;
    const header = by === 'index' ? 'x-consul-index' : 'x-consul-contenthash';
    const position = answer.headers[header] ?? '';
    const isSame = position !== '' && position === this.position;
    // An index that goes back is of servers that were restored: begin anew.
    const isBack = by === 'index' && Number(position) < Number(this.position);
    if (!isSame) onValue(decode(JSON.parse(answer.text)));
    // Not before it was taken: what could not be is asked for again, not waited past.
    this.position = isBack || position === '0' ? '' : position;
    this.first?.resolve();
    this.first = undefined;
  }

  private failed(error: MeshError): void {
    const { logger, what } = this.options;
    if (this.first && error.code !== 'unavailable') {
      this.first.reject(error);
      this.first = undefined;
    }
    // Once: it is tried again and again.
    if (!this.isFailing) {
      logger.warn('going on with what is known', { what, error: error.message });
    }
    this.isFailing = true;
    this.retry();
  }

  private retry(): void {
    this.again(this.retryMs * (1 + this.options.platform.random.float()));
    this.retryMs = Math.min(this.retryMs * 2, RETRY_MAX_MS);
  }

  private again(delayMs: number): void {
    this.timer = this.options.platform.timers.after(delayMs, () => void this.round());
  }
}

/** What an answer that is none says; the agent's own troubles may pass. */
function refusal({ status, text }: AgentAnswer): MeshError {
  const code = status >= 500 || status === 429 ? 'unavailable' : 'invalid-argument';
  return new MeshError(code, `Unexpected response code: ${status} (${text.trim()})`);
}
