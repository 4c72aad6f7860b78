import { type Component, type Logger, MeshError, type Platform } from '@mesh/base';
import type { WatchDefinition } from '@mesh/config';
import { encodeJson } from '@mesh/http-server';
import { PLAIN_READ } from '@mesh/resource';
import { pause } from '../pause.ts';
import { type WatchHandler, watchHandler } from './watch-handlers.ts';
import { type WatchSources, watchRead } from './watch-reads.ts';

/** Waits after failed reads: they grow with the square of the failures up to the longest. */
const RETRY_STEP_MS = 5000;
const RETRY_MAX_MS = 180_000;

export interface WatchRunnerOptions {
  readonly sources: WatchSources;
  readonly platform: Platform;
  readonly logger: Logger;
  /** Token for watches without one. */
  token(): string;
  readonly handlerOf?: typeof watchHandler;
}

/** Runs the configured watches: each reads, tells its handler of what is new, and reads again. */
export class WatchRunner implements Component {
  readonly name = 'watches';
  private readonly options: WatchRunnerOptions;
  private watches: readonly WatchDefinition[];
  private controller: AbortController | undefined;

  constructor(watches: readonly WatchDefinition[], options: WatchRunnerOptions) {
    this.watches = watches;
    this.options = options;
  }

  async start(): Promise<void> {
    if (this.controller) return;
    this.controller = new AbortController();
    for (const watch of this.watches) void this.run(watch, this.controller.signal);
  }

  async stop(): Promise<void> {
    this.controller?.abort();
    this.controller = undefined;
  }

  /** Puts other watches in place of the present ones; each of them reports its value anew. */
  async replace(watches: readonly WatchDefinition[]): Promise<void> {
    const wasRunning = this.controller !== undefined;
    await this.stop();
    this.watches = watches;
    if (wasRunning) await this.start();
  }

  private async run(watch: WatchDefinition, signal: AbortSignal): Promise<void> {
    const { sources, platform, logger, token, handlerOf = watchHandler } = this.options;
    const read = watchRead(watch, sources);
    if (!read) {
      logger.warn('watches of this type are not part of this build', { type: watch.type });
      return;
    }
    const handle = handlerOf(watch, logger, platform.timers);
    let minIndex = 0;
    let failures = 0;
    // The first value is always told, even when there is nothing.
    let last: string | undefined;
    while (!signal.aborted) {
      try {
        const options = {
          ...PLAIN_READ,
          datacenter: watch.datacenter,
          consistency:
            watch.parameters['stale'] === true ? ('stale' as const) : PLAIN_READ.consistency,
          token: watch.token || token(),
          minIndex,
          signal,
        };
        const { value, index } = await read(options, signal);
        if (signal.aborted) return;
        failures = 0;
        // An index that went back means another history: start over.
        minIndex = index < minIndex ? 0 : index;
        const json = encodeJson(value);
        if (json === last) continue;
        last = json;
        await this.tell(handle, watch, json, index, signal);
      } catch (thrown) {
        if (signal.aborted) return;
        failures++;
        const error = MeshError.from(thrown).message;
        logger.error('Watch errored', { type: watch.type, error });
        await pause(platform, Math.min(RETRY_STEP_MS * failures ** 2, RETRY_MAX_MS), signal);
      }
    }
  }

  /** A handler that fails is logged; the watch goes on. */
  private async tell(
    handle: WatchHandler,
    watch: WatchDefinition,
    json: string,
    index: number,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await handle(json, index, signal);
    } catch (thrown) {
      if (signal.aborted) return;
      const error = MeshError.from(thrown).message;
      this.options.logger.error('Failed to run watch handler', { type: watch.type, error });
    }
  }
}
