import type { IncomingMessage, ServerResponse } from 'node:http';
import { MeshError } from '@mesh/base';
import { type Reply, textReply } from '@mesh/resource';
import type { AccessRules } from './access.ts';
import type { AgentCache } from './agent-cache.ts';
import { Exchange, type ExchangeSettings, type RequestSource } from './exchange.ts';
import { acceptsGzip } from './gzip.ts';
import { isPending, type Pending } from './pending.ts';
import {
  headOf,
  type PlainReply,
  type RenderedReply,
  type RenderOptions,
  renderReply,
} from './rendered-reply.ts';
import type { ReplyWriter } from './reply-writer.ts';
import { discard, readBody, streamBody } from './request-body.ts';
import type { RequestLog } from './request-log.ts';
import type { CachedReply, ResponseCache } from './response-cache.ts';
import type { CompiledRoute } from './router.ts';
import { isOutage, statusOf } from './status.ts';

export interface ApiServiceParts {
  readonly settings: ExchangeSettings & {
    readonly alwaysPretty: boolean;
    /** Headers of every answer of the API, names and values in turn. */
    readonly baseHead: readonly string[];
    /** Overrides a row's body limit, for limits that are configurable. */
    readonly bodyLimitBytes: (compiled: CompiledRoute) => number;
  };
  readonly access: AccessRules;
  readonly cache: ResponseCache;
  readonly agentCache: AgentCache;
  readonly log: RequestLog;
  readonly writer: ReplyWriter;
  readonly nowMs: () => number;
  /** Calls back when the server stops; returns a function that takes the callback off again. */
  readonly onStopping: (callback: () => void) => () => void;
}

/** A request on its way through the server. */
export interface Incoming {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly compiled: CompiledRoute;
  readonly params: Record<string, string>;
  readonly rawQuery: string;
  readonly startedAtMs: number;
}

/** Runs handlers and sends what they answer: the part that hot path and Express share. */
export class ApiService {
  private readonly parts: ApiServiceParts;

  constructor(parts: ApiServiceParts) {
    this.parts = parts;
  }

  /** Answers a routed request. Never rejects. */
  async serve(incoming: Incoming): Promise<void> {
    const { request, response, compiled } = incoming;
    const exchange = this.exchangeOf(incoming);
    try {
      exchange.validate();
      const shared = this.sharedReply(incoming, exchange);
      if (shared) {
        this.parts.writer.send(response, shared.rendered);
      } else {
        const limit = this.parts.settings.bodyLimitBytes(compiled);
        if (compiled.route.streamedBody) exchange.bodyStream = streamBody(request, limit);
        else if (limit > 0) exchange.body = await readBody(request, limit);
        await this.answer(incoming, exchange);
      }
    } catch (thrown) {
      await this.answerError(incoming, exchange, thrown);
    }
    if (exchange.bodyStream && !request.complete) discard(request);
    this.parts.log.finished(request, compiled.metric, incoming.startedAtMs);
  }

  /** Key of the answer that requests for the same thing share; undefined when it must not be shared. */
  sharingKey(incoming: Incoming, exchange: Exchange): string | undefined {
    const { request } = incoming;
    if (!exchange.isTracked || exchange.read.useCache) return undefined;
    if (request.headers['cache-control'] !== undefined) return undefined;
    const url = request.url ?? '';
    const plain = exchange.read.minIndex > 0 ? withoutWait(url) : url;
    return sharedKey(plain, tokenHeader(request), acceptsGzip(header(request, 'accept-encoding')));
  }

  /** A blocked query that need not block: the answer is there and newer than what the client knows. */
  private sharedReply(incoming: Incoming, exchange: Exchange): CachedReply | undefined {
    if (!exchange.isTracked || exchange.read.minIndex === 0) return undefined;
    const key = this.sharingKey(incoming, exchange);
    const known = key === undefined ? undefined : this.parts.cache.get(key);
    return known && known.index > exchange.read.minIndex ? known : undefined;
  }

  private async answer(incoming: Incoming, exchange: Exchange): Promise<void> {
    const isRead = exchange.route.consistency === 'read';
    if (isRead && exchange.read.useCache) return this.answerCached(incoming, exchange);
    const pending = exchange.compiled.handler(exchange);
    let reply = isPending(pending) ? await pending : pending;
    const maxStaleMs = isRead ? exchange.read.maxStaleMs : undefined;
    if (maxStaleMs !== undefined && reply.meta && reply.meta.lastContactMs > maxStaleMs) {
      reply = await exchange.compiled.handler(exchange.fromLeader());
    }
    if (reply.kind === 'stream') return this.stream(incoming, exchange, reply);
    const { meta } = reply;
    if (!meta?.freshness) return this.send(incoming, exchange, reply);
    const key = this.sharingKey(incoming, exchange);
    if (key === undefined || !meta.knownLeader || meta.lastContactMs > 0) {
      return this.send(incoming, exchange, reply);
    }
    const known = this.parts.cache.get(key);
    if (known && known.index === meta.index) {
      this.parts.writer.send(incoming.response, known.rendered);
      return;
    }
    const rendering = this.render(incoming, exchange, reply);
    const rendered = isPending(rendering) ? await rendering : rendering;
    const { freshness, index } = meta as { freshness: CachedReply['freshness']; index: number };
    this.parts.cache.put(key, { rendered, index, freshness, metric: incoming.compiled.metric });
    this.parts.writer.send(incoming.response, rendered);
  }

  private async answerCached(incoming: Incoming, exchange: Exchange): Promise<void> {
    const { agentCache, nowMs } = this.parts;
    const key = `${withoutWait(incoming.request.url ?? '')}\0${exchange.token}`;
    const kept = agentCache.get(key, nowMs());
    const { maxAgeMs = Number.POSITIVE_INFINITY, staleIfErrorMs } = exchange.read;
    const isYoung = kept !== undefined && kept.ageMs <= maxAgeMs;
    try {
      const reply = await exchange.compiled.handler(exchange);
      if (reply.kind === 'stream') return await this.stream(incoming, exchange, reply);
      if (reply.status === 200) agentCache.put(key, reply, nowMs());
      const extra = kept ? ['X-Cache', 'HIT', 'Age', '0'] : ['X-Cache', 'MISS'];
      await this.send(incoming, exchange, reply, extra);
    } catch (thrown) {
      const mayServe = isYoung || (kept && kept.ageMs <= (staleIfErrorMs ?? -1));
      if (!kept || !mayServe || !isOutage(thrown)) throw thrown;
      const extra = ['X-Cache', 'HIT', 'Age', String(Math.floor(kept.ageMs / 1000))];
      await this.send(incoming, exchange, kept.reply, extra);
    }
  }

  private async send(
    incoming: Incoming,
    exchange: Exchange,
    reply: PlainReply,
    extraHead?: readonly string[],
  ): Promise<void> {
    const rendering = this.render(incoming, exchange, reply, extraHead);
    this.parts.writer.send(incoming.response, isPending(rendering) ? await rendering : rendering);
  }

  private render(
    incoming: Incoming,
    exchange: Exchange,
    reply: PlainReply,
    extraHead?: readonly string[],
  ): Pending<RenderedReply> {
    return renderReply(reply, exchange, this.renderOptions(incoming.request, extraHead));
  }

  private renderOptions(request: IncomingMessage, extraHead?: readonly string[]): RenderOptions {
    const { alwaysPretty, baseHead } = this.parts.settings;
    const gzip = acceptsGzip(header(request, 'accept-encoding'));
    const { nowMs } = this.parts;
    return { baseHead, pretty: alwaysPretty, gzip, nowMs, ...(extraHead && { extraHead }) };
  }

  private async stream(
    incoming: Incoming,
    exchange: Exchange,
    reply: Extract<Reply, { kind: 'stream' }>,
  ): Promise<void> {
    const { response, request } = incoming;
    const head = headOf(reply, exchange, this.renderOptions(request));
    response.writeHead(reply.status, head);
    response.flushHeaders();
    const { signal } = exchange;
    try {
      await reply.run((chunk) => writeChunk(response, chunk), signal);
      response.end();
    } catch (thrown) {
      if (!signal.aborted) this.parts.log.failed(request, MeshError.from(thrown));
      // The status is long sent: a broken connection is the only way left to tell of the failure.
      response.destroy();
    }
  }

  private async answerError(
    incoming: Incoming,
    exchange: Exchange,
    thrown: unknown,
  ): Promise<void> {
    const { request, response } = incoming;
    if (response.destroyed || response.headersSent) return;
    const error = MeshError.from(thrown);
    const status = statusOf(error.code);
    const ours = !(thrown instanceof MeshError);
    if (status >= 500 && error.code !== 'cancelled') {
      this.parts.log.failed(request, thrown instanceof Error ? thrown : error);
    }
    let reply = textReply(
      status,
      ours ? 'internal error, see the log of the agent' : error.message,
    );
    if ((status >= 500 || status === 403) && exchange.route.blocking) {
      // Clients read these three on every answer of a query.
      reply = { ...reply, meta: { index: 0, knownLeader: false, lastContactMs: 0 } };
    }
    await this.send(incoming, exchange, reply as PlainReply);
  }

  private exchangeOf(incoming: Incoming): Exchange {
    const { compiled, params, rawQuery } = incoming;
    const source = new HttpSource(incoming.request, incoming.response, this.parts.onStopping);
    return new Exchange(compiled, params, rawQuery, source, this.parts.settings);
  }
}

class HttpSource implements RequestSource {
  private readonly request: IncomingMessage;
  private readonly response: ServerResponse;
  private readonly onStopping: ApiServiceParts['onStopping'];

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    onStopping: ApiServiceParts['onStopping'],
  ) {
    this.request = request;
    this.response = response;
    this.onStopping = onStopping;
  }

  header(name: string): string | undefined {
    return header(this.request, name);
  }

  get remoteAddress(): string {
    return this.request.socket.remoteAddress ?? '';
  }

  onAbandoned(callback: () => void): void {
    const release = this.onStopping(callback);
    this.response.once('close', () => {
      release();
      if (!this.response.writableFinished) callback();
    });
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** The token that a request's headers name; one in the query string is part of the URL. */
function tokenHeader(request: IncomingMessage): string {
  return header(request, 'x-consul-token') || header(request, 'authorization') || '';
}

/** Key of an answer in the response cache. */
export function sharedKey(url: string, token: string, gzip: boolean): string {
  return token === '' && !gzip ? url : `${url}\0${token}\0${gzip ? 'gzip' : ''}`;
}

/** A URL without its index and wait parameters. */
function withoutWait(url: string): string {
  const mark = url.indexOf('?');
  if (mark < 0) return url;
  const kept = url
    .slice(mark + 1)
    .split('&')
    .filter((pair) => !pair.startsWith('index=') && !pair.startsWith('wait='));
  return kept.length === 0 ? url.slice(0, mark) : `${url.slice(0, mark)}?${kept.join('&')}`;
}

function writeChunk(response: ServerResponse, chunk: string | Uint8Array): Promise<void> {
  if (response.destroyed) return Promise.reject(new MeshError('cancelled', 'the client went away'));
  if (response.write(chunk)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', gone);
      resolve();
    };
    const gone = () => reject(new MeshError('cancelled', 'the client went away'));
    response.once('drain', done);
    response.once('close', gone);
  });
}
