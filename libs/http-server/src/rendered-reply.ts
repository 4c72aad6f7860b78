import { STATUS_CODES } from 'node:http';
import type { ReadMeta, Reply } from '@mesh/resource';
import type { Exchange } from './exchange.ts';
import { gzipBody } from './gzip.ts';
import { encodeJson } from './json-encode.ts';
import { encodeLargeList, LARGE_LIST } from './large-json.ts';
import { isPending, type Pending } from './pending.ts';

/** An answer ready for the wire. Immutable: one may be sent to many clients. */
export interface RenderedReply {
  readonly status: number;
  /** Names and values in turn, as ServerResponse.writeHead takes them; Content-Length included. */
  readonly head: readonly string[];
  /** The same, encoded, with the status line. */
  readonly headText: string;
  readonly body: Buffer | string;
  /** How a text body is to be written: latin1 only when it is pure ASCII, which is the cheapest way. */
  readonly encoding: 'latin1' | 'utf8';
  readonly bodyBytes: number;
}

/** A reply with a body of its own, not a stream. */
export type PlainReply = Exclude<Reply, { kind: 'stream' }>;

export interface RenderOptions {
  /** Headers of every answer: Vary and those of response_headers. */
  readonly baseHead: readonly string[];
  readonly pretty: boolean;
  readonly gzip: boolean;
  /** Monotonic clock. */
  readonly nowMs: () => number;
  /** What a cached answer adds: X-Cache and Age. */
  readonly extraHead?: readonly string[];
}

/** Longer texts are kept as bytes, so that sending one again does not copy it again. */
const MAX_TEXT_BYTES = 16 * 1024;

export const TEXT_PLAIN = 'text/plain; charset=utf-8';

/** Makes headers and body of a reply. Asynchronous only for large bodies: long lists, compression. */
export function renderReply(
  reply: PlainReply,
  exchange: Exchange,
  options: RenderOptions,
): Pending<RenderedReply> {
  const head = headOf(reply, exchange, options);
  const body = bodyOf(reply, exchange, options);
  if (typeof body === 'object' && isPending(body)) {
    return body.then((bytes) => finishBody(reply.status, head, bytes, options.gzip));
  }
  return finishBody(reply.status, head, body, options.gzip);
}

function finishBody(
  status: number,
  head: string[],
  body: Buffer | string,
  gzip: boolean,
): Pending<RenderedReply> {
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  if (!gzip || length === 0) {
    const keepText = typeof body === 'string' && length <= MAX_TEXT_BYTES;
    return finish(status, head, keepText ? body : toBuffer(body), length);
  }
  head.push('Content-Encoding', 'gzip');
  const zipped = gzipBody(toBuffer(body));
  if (!isPending(zipped)) return finish(status, head, zipped, zipped.length);
  return zipped.then((bytes) => finish(status, head, bytes, bytes.length));
}

function finish(
  status: number,
  head: string[],
  body: Buffer | string,
  bodyBytes: number,
): RenderedReply {
  head.push('Content-Length', String(bodyBytes));
  const ascii = typeof body === 'string' && body.length === bodyBytes;
  return {
    status,
    head,
    headText: encodeHead(status, head),
    body,
    bodyBytes,
    encoding: ascii ? 'latin1' : 'utf8',
  };
}

/** What a header value may not hold (RFC 9110 section 5.5); anything else could forge further headers. */
const FORBIDDEN_IN_VALUE = /[^\t\u0020-\u007e\u0080-\u00ff]/;

/** Status line and headers as text. */
function encodeHead(status: number, head: readonly string[]): string {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n`;
  for (let at = 0; at < head.length; at += 2) text += `${head[at]}: ${head[at + 1]}\r\n`;
  return text;
}

function toBuffer(body: Buffer | string): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : body;
}

function bodyOf(
  reply: PlainReply,
  exchange: Exchange,
  options: RenderOptions,
): Buffer | string | Promise<Buffer> {
  switch (reply.kind) {
    case 'json': {
      const pretty = options.pretty || exchange.pretty;
      const { value } = reply;
      return Array.isArray(value) && value.length > LARGE_LIST
        ? encodeLargeList(value, pretty, options.nowMs)
        : encodeJson(value, pretty);
    }
    case 'text':
      return reply.text;
    case 'bytes':
      return Buffer.from(reply.bytes.buffer, reply.bytes.byteOffset, reply.bytes.byteLength);
    case 'empty':
      return '';
  }
}

function contentTypeOf(reply: Reply): string {
  switch (reply.kind) {
    case 'json':
      return 'application/json';
    case 'text':
      return TEXT_PLAIN;
    case 'bytes':
    case 'stream':
      return reply.contentType;
    case 'empty':
      return '';
  }
}

/** Headers of a reply, without those that depend on its body. Characters that no header may hold become `?`. */
export function headOf(reply: Reply, exchange: Exchange, options: RenderOptions): string[] {
  const head = [...options.baseHead];
  let contentType = contentTypeOf(reply);
  if (reply.headers) {
    for (const [name, value] of Object.entries(reply.headers)) {
      if (name.toLowerCase() === 'content-type') contentType = value;
      else if (!FORBIDDEN_IN_VALUE.test(value)) head.push(name, value);
      else head.push(name, value.replace(new RegExp(FORBIDDEN_IN_VALUE, 'g'), '?'));
    }
  }
  if (contentType !== '') head.push('Content-Type', contentType);
  if (reply.meta) pushMeta(head, reply.meta, exchange);
  if (options.extraHead) head.push(...options.extraHead);
  return head;
}

function pushMeta(head: string[], meta: ReadMeta, exchange: Exchange): void {
  // An index of 0 would make a watcher that sends it back spin instead of block.
  head.push(
    'X-Consul-Index',
    String(Math.max(1, meta.index)),
    'X-Consul-Knownleader',
    meta.knownLeader ? 'true' : 'false',
    'X-Consul-Lastcontact',
    String(Math.round(meta.lastContactMs)),
  );
  if (!exchange.compiled.tellsConsistency || meta.index === 0) return;
  const { consistency } = exchange.read;
  head.push('X-Consul-Effective-Consistency', consistency === 'default' ? 'leader' : consistency);
}
