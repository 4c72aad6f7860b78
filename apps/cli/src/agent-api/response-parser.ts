/** Status line and headers of an answer. */
export interface ResponseHead {
  readonly status: number;
  /** Names in lower case; of a repeated header the last one. */
  readonly headers: ReadonlyMap<string, string>;
}

export interface ResponseEvents {
  onHead(head: ResponseHead): void;
  onBody(chunk: Buffer): void;
  onEnd(): void;
}

/** Longest status line with headers, and longest chunk line, bytes. */
const MAX_HEAD_BYTES = 64 * 1024;
const MAX_CHUNK_LINE_BYTES = 1024;

type State = 'head' | 'fixed' | 'chunk-size' | 'chunk-data' | 'trailer' | 'until-close' | 'done';

/**
 * Decoder of one HTTP/1.1 response (RFC 9112): bodies of a known length, in chunks, or up to the end of the
 * connection. Interim 1xx answers are skipped. It exists because loading node:http costs a tenth of the
 * run time of a short command.
 */
export class ResponseParser {
  #state: State = 'head';
  #pending: Buffer = Buffer.alloc(0);
  /** Bytes of the body or of the chunk still to come. */
  #left = 0;
  readonly #events: ResponseEvents;

  constructor(events: ResponseEvents) {
    this.#events = events;
  }

  get done(): boolean {
    return this.#state === 'done';
  }

  /** Takes bytes as they arrive; those after the end are ignored. @throws Error for what is not HTTP */
  push(bytes: Buffer): void {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    while (this.#step());
  }

  /** The connection was closed. @throws Error when the answer is not complete */
  close(): void {
    if (this.#state === 'until-close') this.#finish();
    if (this.#state === 'done') return;
    const nothing = this.#state === 'head' && this.#pending.length === 0;
    throw new Error(nothing ? 'EOF' : 'unexpected EOF');
  }

  /** Does what the pending bytes allow; false when more are needed. */
  #step(): boolean {
    switch (this.#state) {
      case 'head':
        return this.#head();
      case 'fixed':
      case 'chunk-data':
        return this.#body();
      case 'chunk-size':
        return this.#chunkSize();
      case 'trailer':
        return this.#trailer();
      case 'until-close':
        return this.#rest();
      case 'done':
        this.#pending = this.#pending.subarray(0, 0);
        return false;
    }
  }

  #head(): boolean {
    const end = this.#pending.indexOf('\r\n\r\n');
    if (end < 0) {
      if (this.#pending.length > MAX_HEAD_BYTES) throw new Error('response headers are too long');
      return false;
    }
    const lines = this.#pending.toString('latin1', 0, end).split('\r\n');
    this.#pending = this.#pending.subarray(end + 4);
    const match = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(lines[0]!);
    if (!match)
      throw new Error(`malformed HTTP response ${JSON.stringify(lines[0]!.slice(0, 64))}`);
    const status = Number(match[1]);
    if (status < 200) return true;
    const headers = parseHeaders(lines.slice(1));
    this.#events.onHead({ status, headers });
    this.#beginBody(status, headers);
    return true;
  }

  #beginBody(status: number, headers: ReadonlyMap<string, string>): void {
    const length = headers.get('content-length');
    if (status === 204 || status === 304) {
      this.#finish();
    } else if (headers.get('transfer-encoding')?.toLowerCase().endsWith('chunked')) {
      this.#state = 'chunk-size';
    } else if (length !== undefined) {
      if (!/^\d{1,15}$/.test(length))
        throw new Error(`bad Content-Length ${JSON.stringify(length)}`);
      this.#left = Number(length);
      this.#state = 'fixed';
      if (this.#left === 0) this.#finish();
    } else {
      this.#state = 'until-close';
    }
  }

  #body(): boolean {
    if (this.#pending.length === 0) return false;
    const chunk = this.#pending.subarray(0, this.#left);
    this.#pending = this.#pending.subarray(chunk.length);
    this.#left -= chunk.length;
    this.#events.onBody(chunk);
    if (this.#left > 0) return false;
    if (this.#state === 'fixed') this.#finish();
    else this.#state = 'chunk-size';
    return true;
  }

  #chunkSize(): boolean {
    const line = this.#line();
    if (line === undefined) return false;
    // The line break that ends the data of the previous chunk.
    if (line === '') return true;
    const digits = /^([0-9a-fA-F]{1,12})[ \t]*(?:;|$)/.exec(line)?.[1];
    if (digits === undefined) throw new Error('malformed chunked encoding');
    this.#left = Number.parseInt(digits, 16);
    this.#state = this.#left === 0 ? 'trailer' : 'chunk-data';
    return true;
  }

  #trailer(): boolean {
    const line = this.#line();
    if (line === undefined) return false;
    if (line === '') this.#finish();
    return true;
  }

  #rest(): boolean {
    const chunk = this.#pending;
    this.#pending = chunk.subarray(chunk.length);
    if (chunk.length > 0) this.#events.onBody(chunk);
    return false;
  }

  #line(): string | undefined {
    const end = this.#pending.indexOf('\r\n');
    if (end > MAX_CHUNK_LINE_BYTES || (end < 0 && this.#pending.length > MAX_CHUNK_LINE_BYTES)) {
      throw new Error('malformed chunked encoding');
    }
    if (end < 0) return undefined;
    const line = this.#pending.toString('latin1', 0, end);
    this.#pending = this.#pending.subarray(end + 2);
    return line;
  }

  #finish(): void {
    this.#state = 'done';
    this.#events.onEnd();
  }
}

function parseHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0) throw new Error(`malformed header ${JSON.stringify(line.slice(0, 64))}`);
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}
