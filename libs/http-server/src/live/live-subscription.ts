import { type Logger, MeshError, type Platform } from '@mesh/base';
import { Exchange, type ExchangeSettings, type RequestSource } from '../exchange.ts';
import { type PlainReply, type RenderedReply, renderReply } from '../rendered-reply.ts';
import { redactUrl } from '../request-log.ts';
import type { ResponseCache } from '../response-cache.ts';
import type { CompiledRoute } from '../router.ts';
import { statusOf } from '../status.ts';
import { failureText, updateText } from './live-message.ts';
import type { SendGate } from './send-gate.ts';

/** A handler that answers at once and without news is asked again no sooner than this, milliseconds. */
const QUIET_PAUSE_MS = 1000;

export interface SubscriptionParts {
  readonly id: string;
  readonly path: string;
  readonly compiled: CompiledRoute;
  readonly params: Readonly<Record<string, string>>;
  readonly rawQuery: string;
  readonly source: Omit<RequestSource, 'onAbandoned'>;
  readonly settings: ExchangeSettings;
  readonly cache: ResponseCache;
  readonly gate: SendGate;
  readonly platform: Pick<Platform, 'clock' | 'timers'>;
  readonly logger: Logger;
  /** Hands a message to the connection; the promise resolves when it is out of this process. */
  readonly send: (text: string) => Promise<void>;
}

/** One watched query of a live connection: the blocking query loop, on this side of the network. */
export class LiveSubscription {
  private lastIndex: number;
  private cancelled = false;
  private readonly onCancel = new Set<() => void>();
  private readonly parts: SubscriptionParts;

  constructor(parts: SubscriptionParts, knownIndex: number) {
    this.parts = parts;
    this.lastIndex = knownIndex;
  }

  /** Ends the loop; nothing is sent any more. */
  cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    for (const callback of [...this.onCancel]) callback();
    this.onCancel.clear();
  }

  /** Runs until cancelled or failed. Never rejects. */
  async run(): Promise<void> {
    const { id, send } = this.parts;
    try {
      while (!this.cancelled) {
        const goesOn = await this.step();
        if (!goesOn) return;
      }
    } catch (thrown) {
      if (this.cancelled) return;
      const isOurs = !(thrown instanceof MeshError);
      const error = MeshError.from(thrown);
      if (isOurs) {
        const path = redactUrl(this.parts.path);
        this.parts.logger.error('Live query failed', { path, error });
      }
      const text = isOurs ? 'internal error, see the log of the agent' : error.message;
      await send(failureText(id, statusOf(error.code), text));
    }
  }

  /** One round of the query; false when the subscription is over. */
  private async step(): Promise<boolean> {
    const { gate, compiled, id, send, platform } = this.parts;
    const startedAtMs = platform.clock.monotonicMs();
    const exchange = this.exchange();
    exchange.validate();
    const reply = await compiled.handler(exchange);
    if (this.cancelled) return false;
    if (!gate.isOpen) {
      // The client is slow: what it gets then should be what holds then.
      await gate.opened();
      return true;
    }
    if (reply.kind === 'stream') throw new MeshError('unsupported', 'streams cannot be watched');
    const index = reply.meta?.index ?? 0;
    if (index === 0) {
      // Without an index there is nothing to wait for: the handler refused the request.
      await send(updateText(id, 0, await this.render(reply, exchange)));
      return false;
    }
    if (index === this.lastIndex) {
      if (platform.clock.monotonicMs() - startedAtMs < QUIET_PAUSE_MS) await this.pause();
      return true;
    }
    // An index that went back (a restored snapshot) is news as well.
    this.lastIndex = index;
    await send(updateText(id, index, await this.renderShared(reply, exchange)));
    return true;
  }

  private exchange(): Exchange {
    const { compiled, params, rawQuery, source, settings } = this.parts;
    const exchange = new Exchange(
      compiled,
      params,
      rawQuery,
      {
        header: (name) => source.header(name),
        remoteAddress: source.remoteAddress,
        onAbandoned: (callback) => {
          if (this.cancelled) callback();
          else this.onCancel.add(callback);
        },
      },
      settings,
    );
    exchange.forcedRead = { minIndex: this.lastIndex, maxWaitMs: settings.maxQueryTimeMs };
    this.onCancel.clear();
    return exchange;
  }

  /** Encodes an answer once for all who watch the same thing. */
  private async renderShared(reply: PlainReply, exchange: Exchange): Promise<RenderedReply> {
    const { cache, path, compiled } = this.parts;
    const { meta } = reply;
    if (!meta?.freshness) return this.render(reply, exchange);
    const key = `live\0${exchange.token}\0${path}`;
    const known = cache.get(key);
    if (known && known.index === meta.index) return known.rendered;
    const rendered = await this.render(reply, exchange);
    cache.put(key, {
      rendered,
      index: meta.index,
      freshness: meta.freshness,
      metric: compiled.metric,
    });
    return rendered;
  }

  private async render(reply: PlainReply, exchange: Exchange): Promise<RenderedReply> {
    const plain: PlainReply =
      reply.kind === 'bytes' ? { ...reply, kind: 'json', value: reply.bytes, headers: {} } : reply;
    const nowMs = () => this.parts.platform.clock.monotonicMs();
    return renderReply(plain, exchange, { baseHead: [], pretty: false, gzip: false, nowMs });
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        timer.cancel();
        this.onCancel.delete(done);
        resolve();
      };
      const timer = this.parts.platform.timers.after(QUIET_PAUSE_MS, done);
      this.onCancel.add(done);
    });
  }
}
