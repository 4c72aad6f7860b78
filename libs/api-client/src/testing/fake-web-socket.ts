import type { LiveRequest, LiveUpdate } from '@mesh/api-contract';
import type { WebSocketLike } from '../transport.ts';

/** A WebSocket whose other end is the test. */
export class FakeWebSocket implements WebSocketLike {
  static readonly all: FakeWebSocket[] = [];
  onopen: ((event: never) => unknown) | null = null;
  onmessage: ((event: never) => unknown) | null = null;
  onclose: ((event: never) => unknown) | null = null;
  onerror: ((event: never) => unknown) | null = null;
  readonly url: string;
  readonly sent: LiveRequest[] = [];
  closed = false;

  constructor(url: string) {
    this.url = url;
    FakeWebSocket.all.push(this);
  }

  static get last(): FakeWebSocket {
    return FakeWebSocket.all.at(-1)!;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as LiveRequest);
  }

  close(): void {
    this.closed = true;
  }

  open(): void {
    this.onopen?.({} as never);
  }

  /** The agent sends an update, or a raw text. */
  push(update: LiveUpdate | string): void {
    const data = typeof update === 'string' ? update : JSON.stringify(update);
    this.onmessage?.({ data } as never);
  }

  /** The connection ends, or the handshake fails. */
  end(): void {
    this.onerror?.({} as never);
    this.onclose?.({} as never);
  }
}
