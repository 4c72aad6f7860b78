/** What a subscription is told. */
export interface LiveAnswer {
  /** HTTP status that a plain request would have had. */
  readonly status: number;
  readonly index: number;
  /** Parsed JSON, or text; null for none. */
  readonly body: unknown;
}

export type LiveState = 'connecting' | 'open' | 'lost';

/** The part of a WebSocket that is used. */
export interface SocketLike {
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(text: string): void;
  close(): void;
}

export interface LiveSocketParts {
  readonly open: () => SocketLike;
  readonly onState: (state: LiveState) => void;
  /** Runs a callback after some milliseconds; returns a function that cancels it. */
  readonly after: (ms: number, callback: () => void) => () => void;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** First and longest pause before a lost connection is tried again, milliseconds. */
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 5000;
/** A connection that has not opened by then never will: some proxies swallow the request, milliseconds. */
const OPEN_MS = 3000;
/** An unused connection is kept this long, since the next page will want one, milliseconds. */
const IDLE_MS = 5000;

interface Subscription {
  readonly path: string;
  readonly onAnswer: (answer: LiveAnswer) => void;
}

/**
 * The live connection: one WebSocket at /v1/live with a subscription for each query on the screen. A lost
 * connection is made anew, with growing pauses, and everything is subscribed again from the start: an agent
 * that was restarted may count its indexes from 1.
 */
export class LiveSocket {
  private readonly parts: LiveSocketParts;
  private readonly subscriptions = new Map<string, Subscription>();
  private socket: SocketLike | undefined;
  private isOpen = false;
  private failures = 0;
  private nextId = 0;
  private cancelTimer: (() => void) | undefined;

  constructor(parts: LiveSocketParts) {
    this.parts = parts;
  }

  /** Follows the answer to a GET; returns a function that ends it. */
  subscribe(path: string, onAnswer: (answer: LiveAnswer) => void): () => void {
    const id = String(this.nextId++);
    this.subscriptions.set(id, { path, onAnswer });
    if (this.isOpen) this.say({ id, path });
    else if (!this.socket) this.connect();
    return () => this.unsubscribe(id);
  }

  /** Tries at once where a pause is under way: a person asked, or the network is back. */
  retry(): void {
    if (this.socket || this.subscriptions.size === 0) return;
    this.failures = 0;
    this.connect();
  }

  /** Ends the connection; subscriptions that remain are made anew on the next one. */
  close(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.drop();
  }

  private unsubscribe(id: string): void {
    if (!this.subscriptions.delete(id)) return;
    if (this.isOpen) this.say({ id, cancel: true });
    if (this.subscriptions.size === 0) {
      this.pause(IDLE_MS, () => {
        if (this.subscriptions.size === 0) this.drop();
      });
    }
  }

  private connect(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    const socket = this.parts.open();
    this.socket = socket;
    this.parts.onState('connecting');
    const stopWaiting = this.parts.after(OPEN_MS, () => {
      // Browsers tell of the end of such a one only much later.
      if (this.socket === socket && !this.isOpen) this.lose(socket);
    });
    socket.onopen = () => {
      stopWaiting();
      this.isOpen = true;
      this.failures = 0;
      this.parts.onState('open');
      for (const [id, { path }] of this.subscriptions) this.say({ id, path });
    };
    socket.onmessage = ({ data }) => this.onMessage(String(data));
    socket.onclose = () => {
      stopWaiting();
      if (this.socket === socket) this.lose(socket);
    };
  }

  private lose(socket: SocketLike): void {
    this.socket = undefined;
    this.isOpen = false;
    socket.onopen = null;
    socket.onclose = null;
    socket.close();
    if (this.subscriptions.size > 0) this.retryLater();
  }

  private retryLater(): void {
    this.parts.onState('lost');
    const longest = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.failures++, 10));
    // Half of it at random, so that a restarted agent is not met by all pages at once.
    this.pause(longest * (0.5 + this.parts.random() / 2), () => this.retryNow());
  }

  private retryNow(): void {
    if (!this.socket && this.subscriptions.size > 0) this.connect();
  }

  private onMessage(text: string): void {
    const { id, ...answer } = JSON.parse(text) as LiveAnswer & { readonly id: string };
    this.subscriptions.get(id)?.onAnswer(answer);
  }

  private say(message: object): void {
    this.socket?.send(JSON.stringify(message));
  }

  private drop(): void {
    const { socket } = this;
    this.socket = undefined;
    this.isOpen = false;
    socket?.close();
  }

  private pause(ms: number, callback: () => void): void {
    this.cancelTimer?.();
    this.cancelTimer = this.parts.after(ms, callback);
  }
}
