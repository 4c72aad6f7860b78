import type { LiveRequest, LiveUpdate } from '@mesh/api-contract';
import { ApiError } from '../errors.ts';
import { onAbort } from '../on-abort.ts';
import type { Answer } from '../options.ts';
import type { ClientPlatform } from '../platform.ts';
import { type Read, readParameters } from '../read.ts';
import { withQuery } from '../target.ts';
import type { WebSocketConstructor, WebSocketLike } from '../transport.ts';
import { Mailbox } from './mailbox.ts';

/** How long an agent without /v1/live is left alone before it is tried again. */
const UNSUPPORTED_MS = 300_000;
/** Paths to remember as unwatchable. */
const MAX_UNWATCHABLE = 1000;
/** The connection is closed when nobody has watched anything for this long. */
const IDLE_MS = 5000;

/** The agent has no WebSocket, or none for this path: blocking queries have to do. */
export class LiveUnavailable extends ApiError {}

interface Subscription {
  readonly path: string;
  readonly index: number;
  readonly mailbox: Mailbox<LiveMessage>;
}

/** An update with the text it came in, for decoders that parse by themselves. */
interface LiveMessage {
  readonly update: LiveUpdate;
  readonly text: string;
}

/** The one WebSocket of a client that its watches share; opened by the first of them. */
export class LiveConnection {
  readonly #url: string;
  readonly #WebSocket: WebSocketConstructor;
  readonly #platform: ClientPlatform;
  readonly #subscriptions = new Map<string, Subscription>();
  #socket: WebSocketLike | undefined;
  #isOpen = false;
  #lastId = 0;
  #unusableUntilMs = 0;
  readonly #unwatchable = new Set<string>();
  #cancelIdle: (() => void) | undefined;

  constructor(url: string, WebSocket: WebSocketConstructor, platform: ClientPlatform) {
    this.#url = url;
    this.#WebSocket = WebSocket;
    this.#platform = platform;
  }

  /** False for a while after a handshake failed, and for paths that the agent cannot watch. */
  isUsable(path: string): boolean {
    return this.#platform.monotonicMs() >= this.#unusableUntilMs && !this.#unwatchable.has(path);
  }

  /** Closes the connection; watches on it go on with a new one. */
  close(): void {
    this.#cancelIdle?.();
    this.#socket?.close();
    this.#drop(lost('closed'));
  }

  /**
   * Answers of a query, the first at once unless `index` is current. Of changes that come faster than they
   * are taken only the last is kept. @throws ApiError retryable when the connection is lost
   */
  async *subscribe<T>(
    read: Read<T>,
    index: number,
    datacenter: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Answer<T>, void, undefined> {
    const id = String(++this.#lastId);
    const { index: _index, ...options } = read.options;
    const path = withQuery(read.path, {
      ...readParameters(options),
      dc: options.datacenter ?? datacenter,
    });
    const mailbox = new Mailbox<LiveMessage>();
    const ignore = onAbort(signal, () => mailbox.close(undefined));
    try {
      this.#subscriptions.set(id, { path, index, mailbox });
      this.#cancelIdle?.();
      this.#open();
      if (this.#isOpen) this.#send({ id, path, index });
      for await (const message of mailbox) yield this.#answerOf(read, message);
    } finally {
      ignore();
      if (this.#subscriptions.delete(id) && this.#isOpen) this.#send({ id, cancel: true });
      if (this.#subscriptions.size === 0) this.#closeWhenIdle();
    }
  }

  #answerOf<T>(read: Read<T>, { update, text }: LiveMessage): Answer<T> {
    const { status, index } = update;
    const isAnswer = status === 200 || (index > 0 && read.decoder.accepts?.includes(status));
    if (!isAnswer) {
      const body = typeof update.body === 'string' ? update.body : JSON.stringify(update.body);
      // The agent cannot watch this route, but may well answer it.
      if (index === 0 && (status === 400 || status === 404)) {
        if (this.#unwatchable.size >= MAX_UNWATCHABLE) this.#unwatchable.clear();
        this.#unwatchable.add(read.path);
        throw new LiveUnavailable(`WebSocket: ${body}`, { status, body });
      }
      throw ApiError.ofAnswer('GET', read.path, status, body);
    }
    const { parse } = read.decoder;
    const body = parse && status === 200 ? (parse(text) as LiveUpdate).body : update.body;
    const data = read.decoder.decode(status === 200 ? body : null, status);
    return { data, index, status, knownLeader: true, lastContactMs: 0, cacheHit: undefined };
  }

  #open(): void {
    if (this.#socket) return;
    let socket: WebSocketLike;
    try {
      socket = new this.#WebSocket(this.#url);
    } catch (cause) {
      this.#fail('cannot be opened', cause);
      return;
    }
    this.#socket = socket;
    socket.onopen = () => {
      this.#isOpen = true;
      for (const [id, { path, index }] of this.#subscriptions) this.#send({ id, path, index });
    };
    socket.onmessage = ((event: { readonly data: unknown }) => {
      this.#onMessage(String(event.data));
    }) as WebSocketLike['onmessage'];
    // `close` follows.
    socket.onerror = () => {};
    socket.onclose = () => {
      if (socket !== this.#socket) return;
      if (this.#isOpen) this.#drop(lost('the connection was lost'));
      else this.#fail('refused');
    };
  }

  #onMessage(text: string): void {
    let update: LiveUpdate;
    try {
      update = JSON.parse(text) as LiveUpdate;
    } catch {
      this.#drop(lost('the agent sent something that is not JSON'));
      return;
    }
    this.#subscriptions.get(update?.id)?.mailbox.put({ update, text });
  }

  /** No connection came about: blocking queries have to do for a while. */
  #fail(why: string, cause?: unknown): void {
    this.#unusableUntilMs = this.#platform.monotonicMs() + UNSUPPORTED_MS;
    this.#drop(new LiveUnavailable(`WebSocket: ${why}`, { cause }));
  }

  #drop(error: ApiError): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#isOpen = false;
    const subscriptions = [...this.#subscriptions.values()];
    this.#subscriptions.clear();
    socket?.close();
    for (const { mailbox } of subscriptions) mailbox.close(error);
  }

  #send(request: LiveRequest): void {
    this.#socket?.send(JSON.stringify(request));
  }

  #closeWhenIdle(): void {
    this.#cancelIdle?.();
    this.#cancelIdle = this.#platform.after(IDLE_MS, () => {
      if (this.#subscriptions.size === 0) this.close();
    });
  }
}

function lost(why: string): ApiError {
  return new ApiError(`WebSocket: ${why}`, { retryable: true });
}
