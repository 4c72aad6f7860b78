import { type Component, type Logger, MeshError, type Platform, type Timer } from '@mesh/base';
import { type CaRoots, caRootsGet } from '@mesh/connect-ca';
import { PLAIN_READ, type Rpc } from '@mesh/resource';

/** First and longest wait after a failure, milliseconds. */
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 30_000;

/** The authorities as of an index. */
export interface RootsState {
  readonly roots: CaRoots;
  readonly index: number;
  /** Monotonic. */
  readonly fetchedMs: number;
}

export interface RootsWatchOptions {
  readonly rpc: Rpc;
  readonly platform: Platform;
  readonly logger: Logger;
  token(): string;
}

/** Knows the authorities that are trusted, from when somebody first asks: one blocking query for all who do. */
export class RootsWatch implements Component {
  readonly name = 'connect-roots';
  private readonly options: RootsWatchOptions;
  private readonly listeners = new Set<() => void>();
  private abort: AbortController | undefined;
  private timer: Timer | undefined;
  private retryMs = RETRY_MIN_MS;
  private known: RootsState | undefined;
  private failure: MeshError | undefined;
  private isStopped = false;

  constructor(options: RootsWatchOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    this.isStopped = false;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.timer?.cancel();
    this.timer = undefined;
    this.abort?.abort();
    this.abort = undefined;
    this.known = undefined;
    this.failure = undefined;
    this.retryMs = RETRY_MIN_MS;
    this.tell();
  }

  /** What is known; undefined before the first answer. */
  get current(): RootsState | undefined {
    return this.known;
  }

  /** Called whenever others are trusted, and when waiting for that is over. Returns an unsubscriber. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** What is known, after the first answer. Rejects with its failure, or `unavailable` after stop. */
  async get(): Promise<RootsState> {
    if (this.known) return this.known;
    if (this.isStopped) throw new MeshError('unavailable', 'the agent stops');
    this.begin();
    await new Promise<void>((resolve) => {
      const unsubscribe = this.onChange(() => {
        unsubscribe();
        resolve();
      });
    });
    if (this.known) return this.known;
    throw this.failure ?? new MeshError('unavailable', 'the agent stops');
  }

  private begin(): void {
    // Who asks after a failure must not wait for the next try, which may be a minute away.
    if (this.abort && !this.timer) return;
    this.timer?.cancel();
    this.timer = undefined;
    this.abort ??= new AbortController();
    void this.round(this.abort);
  }

  private async round(abort: AbortController): Promise<void> {
    const { rpc, platform, token } = this.options;
    const minIndex = this.known?.index ?? 0;
    try {
      const options = { ...PLAIN_READ, token: token(), minIndex, signal: abort.signal };
      const { value, index } = await rpc.read(caRootsGet, {}, options);
      if (!value) throw new MeshError('unavailable', 'CA not bootstrapped yet, try again');
      if (abort.signal.aborted) return;
      this.retryMs = RETRY_MIN_MS;
      const isNew = !this.known || index !== this.known.index;
      this.known = { roots: value, index, fetchedMs: platform.clock.monotonicMs() };
      if (isNew) this.tell();
      this.again(abort, 0);
    } catch (thrown) {
      if (abort.signal.aborted) return;
      this.failure = MeshError.from(thrown);
      // Who waits for the first answer hears of the failure; what is known stays.
      if (!this.known) this.tell();
      else
        this.options.logger.warn('failed to watch the CA roots', { error: this.failure.message });
      this.again(abort, this.retryMs * (1 + platform.random.float()));
      this.retryMs = Math.min(this.retryMs * 2, RETRY_MAX_MS);
    }
  }

  private again(abort: AbortController, delayMs: number): void {
    this.timer = this.options.platform.timers.after(delayMs, () => {
      this.timer = undefined;
      void this.round(abort);
    });
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
