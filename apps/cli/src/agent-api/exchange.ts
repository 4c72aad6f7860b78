import { connect, type Socket } from 'node:net';
import { dialError } from './dial-error.ts';
import type { Endpoint } from './endpoint.ts';
import { type ResponseHead, ResponseParser } from './response-parser.ts';

export interface ExchangeRequest {
  readonly method: string;
  /** Path and query string, already encoded. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | StreamedBody;
  readonly signal?: AbortSignal;
}

/** A body that is read while it is sent, no faster than the agent takes it. */
export interface StreamedBody {
  readonly length: number;
  /** Of `length` bytes. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Receives an answer while it arrives. */
export interface Receiver {
  onHead(head: ResponseHead): void;
  onBody(chunk: Buffer): void;
}

export interface Answer extends ResponseHead {
  readonly body: Buffer;
}

/** Longest time for a connection to come about, as the original's. */
const DIAL_TIMEOUT_MS = 30_000;
const USER_AGENT = 'consul-cli/1.8.6';

/** One request on a connection of its own; the whole answer. @throws Error with one line of text */
export async function exchange(endpoint: Endpoint, request: ExchangeRequest): Promise<Answer> {
  let head: ResponseHead | undefined;
  const chunks: Buffer[] = [];
  await stream(endpoint, request, {
    onHead: (received) => {
      head = received;
    },
    onBody: (chunk) => {
      chunks.push(chunk);
    },
  });
  return { ...head!, body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) };
}

/** One request on a connection of its own; resolves when the answer has ended. */
export async function stream(
  endpoint: Endpoint,
  request: ExchangeRequest,
  receiver: Receiver,
): Promise<void> {
  request.signal?.throwIfAborted();
  const socket = endpoint.tls ? await secureSocket(endpoint) : plainSocket(endpoint);
  await new Promise<void>((resolve, reject) => {
    const settle = (failure?: Error) => {
      request.signal?.removeEventListener('abort', onAbort);
      socket.setTimeout(0);
      socket.destroy();
      if (failure) reject(failure);
      else resolve();
    };
    const onAbort = () => settle(request.signal!.reason as Error);
    const parser = new ResponseParser({ ...receiver, onEnd: () => settle() });
    const guarded = (work: () => void) => {
      try {
        work();
      } catch (error) {
        settle(error as Error);
      }
    };
    request.signal?.addEventListener('abort', onAbort, { once: true });
    socket.setNoDelay(true);
    socket.setTimeout(DIAL_TIMEOUT_MS, () => {
      const timeout = Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' });
      settle(new Error(dialError(timeout, endpoint)));
    });
    socket.once(endpoint.tls ? 'secureConnect' : 'connect', () => socket.setTimeout(0));
    socket.on('data', (bytes: Buffer) => guarded(() => parser.push(bytes)));
    socket.on('error', (error) => settle(new Error(dialError(error, endpoint))));
    socket.on('close', () => guarded(() => parser.close()));
    socket.write(requestHead(endpoint, request));
    if (request.body instanceof Uint8Array) {
      if (request.body.length > 0) socket.write(request.body);
    } else if (request.body) {
      sendBody(socket, request.body.chunks).catch(settle);
    }
  });
}

/** Ends early when the connection is closed: then the answer is there, or another error is. */
async function sendBody(socket: Socket, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) {
    if (socket.destroyed) return;
    if (socket.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off('drain', done);
        socket.off('close', done);
        resolve();
      };
      socket.once('drain', done);
      socket.once('close', done);
    });
  }
}

function plainSocket(endpoint: Endpoint): Socket {
  return endpoint.socketPath === undefined
    ? connect({ host: endpoint.host, port: endpoint.port })
    : connect({ path: endpoint.socketPath });
}

/** TLS is loaded only by who uses it: it costs more than the rest of a short command. */
async function secureSocket(endpoint: Endpoint): Promise<Socket> {
  const { openSecureSocket } = await import('./secure-socket.ts');
  return openSecureSocket(endpoint, endpoint.tls!);
}

function requestHead(endpoint: Endpoint, request: ExchangeRequest): string {
  const headers: Record<string, string> = {
    Host: endpoint.authority,
    'User-Agent': USER_AGENT,
    Connection: 'close',
    ...endpoint.headers,
    ...request.headers,
  };
  if (request.body) headers['Content-Length'] = String(request.body.length);
  else if (request.method !== 'GET') headers['Content-Length'] = '0';
  let text = `${request.method} ${request.target} HTTP/1.1\r\n`;
  for (const [name, value] of Object.entries(headers)) text += `${name}: ${value}\r\n`;
  return `${text}\r\n`;
}
