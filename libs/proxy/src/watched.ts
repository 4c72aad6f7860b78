import { type Logger, MeshError, type Platform, type Timer } from '@mesh/base';
import type { AgentAnswer, AgentHttp } from './agent-http.ts';

const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 10_000;
/** How long the agent is asked to wait, milliseconds. */
const WAIT_MS = 60_000;

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
  readonly platform: Platform;
  readonly logger: Logger;
}

/** A value of the agent that is followed by blocking queries: the last one stays while the agent is away. */
export class Watched<T> {
  private readonly options: WatchedOptions<T>;
  private readonly abort = new AbortController();
  private timer: Timer | undefined;
  private position = '';
  private retryMs = RETRY_MIN_MS;
  private isAway = false;
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
    const { platform, logger, what } = this.options;
    try {
      const answer = await this.ask();
      if (this.abort.signal.aborted) return;
      if (answer.status !== 200) throw refusal(answer);
      this.take(answer);
      if (this.isAway) logger.info('the agent is back', { what });
      this.isAway = false;
      this.retryMs = RETRY_MIN_MS;
      this.again(0);
    } catch (thrown) {
      if (this.abort.signal.aborted) return;
      const error = MeshError.from(thrown);
      const isRefusal = error.code !== 'unavailable';
      if (this.first && isRefusal) {
        this.first.reject(error);
        this.first = undefined;
      }
      // Once: it is tried again and again.
      if (!this.isAway) logger.warn('going on with what is known', { what, error: error.message });
      this.isAway = true;
      this.again(this.retryMs * (1 + platform.random.float()));
      this.retryMs = Math.min(this.retryMs * 2, RETRY_MAX_MS);
    }
  }

  private ask(): Promise<AgentAnswer> {
    const { http, path, by = 'index' } = this.options;
    const joint = path.includes('?') ? '&' : '?';
    const blocking = this.position === '' ? '' : `${joint}${by}=${this.position}&wait=60s`;
    return http.ask('GET', path + blocking, { signal: this.abort.signal, waitMs: WAIT_MS * 1.1 });
  }

  private take(answer: AgentAnswer): void {
    const { by = 'index', decode, onValue } = this.options;
    const header = by === 'index' ? 'x-consul-index' : 'x-consul-contenthash';
    const position = answer.headers[header] ?? '';
    const isSame = position !== '' && position === this.position;
    // An index that goes back is of servers that were restored: begin anew.
    this.position = by === 'index' && Number(position) < Number(this.position) ? '' : position;
    if (!isSame) onValue(decode(JSON.parse(answer.text)));
    this.first?.resolve();
    this.first = undefined;
  }

  private again(delayMs: number): void {
    this.timer = this.options.platform.timers.after(delayMs, () => void this.round());
  }
}

function refusal({ status, text }: AgentAnswer): MeshError {
  const code = status >= 500 ? 'unavailable' : 'invalid-argument';
  return new MeshError(code, `Unexpected response code: ${status} (${text.trim()})`);
}
