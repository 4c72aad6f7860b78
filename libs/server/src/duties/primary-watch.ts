import { type Component, type Logger, MeshError, type Platform, type Timer } from '@mesh/base';
import { PLAIN_READ, type ReadEndpoint, type Rpc } from '@mesh/resource';

/** First and longest wait after a failure, milliseconds. */
const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 60_000;
/** Between two looks where nothing changes, milliseconds: what goes by the time is done then. */
const LOOK_MS = 60_000;

export interface PrimaryWatchOptions<A, R> {
  /** What is followed, for the log. */
  readonly what: string;
  readonly primary: string;
  readonly endpoint: ReadEndpoint<A, R>;
  readonly args: A;
  readonly read: Rpc['read'];
  /** Takes over what the primary has. A rejection is logged and tried again. */
  readonly take: (value: R) => Promise<void>;
  readonly platform: Pick<Platform, 'timers' | 'random'>;
  readonly logger: Logger;
}

/** Leader duty outside the primary datacenter: follows something of the primary, and takes it over. */
export class PrimaryWatch<A, R> implements Component {
  readonly name: string;
  private readonly options: PrimaryWatchOptions<A, R>;
  private abort: AbortController | undefined;
  private timer: Timer | undefined;
  private retryMs = RETRY_MIN_MS;
  private isFailing = false;

  constructor(options: PrimaryWatchOptions<A, R>) {
    this.options = options;
    this.name = `primary's ${options.what}`;
  }

  async start(): Promise<void> {
    if (this.abort) return;
    this.abort = new AbortController();
    void this.round(this.abort, 0);
  }

  async stop(): Promise<void> {
    this.abort?.abort();
    this.abort = undefined;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private async round(abort: AbortController, minIndex: number): Promise<void> {
    const { endpoint, args, read, take, primary, logger, what, platform } = this.options;
    const { signal } = abort;
    try {
      const wanted = { datacenter: primary, minIndex, maxWaitMs: LOOK_MS, signal };
      const { value, index } = await read(endpoint, args, { ...PLAIN_READ, ...wanted });
      if (signal.aborted) return;
      await take(value);
      if (this.isFailing) logger.info('the primary datacenter gives it again', { what, primary });
      this.isFailing = false;
      this.retryMs = RETRY_MIN_MS;
      // An index that goes back is of servers that were restored: begin anew.
      this.again(abort, 0, index < minIndex ? 0 : index);
    } catch (thrown) {
      if (signal.aborted) return;
      const { message: error } = MeshError.from(thrown);
      if (!this.isFailing)
        logger.warn('going on without the primary datacenter', { what, primary, error });
      this.isFailing = true;
      this.again(abort, this.retryMs * (1 + platform.random.float()), 0);
      this.retryMs = Math.min(this.retryMs * 2, RETRY_MAX_MS);
    }
  }

  private again(abort: AbortController, delayMs: number, minIndex: number): void {
    if (abort.signal.aborted) return;
    const { timers } = this.options.platform;
    this.timer = timers.after(delayMs, () => void this.round(abort, minIndex));
  }
}
