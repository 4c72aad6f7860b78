import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { MeshError } from '@mesh/base';
import { messageOf } from './errors.ts';

/** Key sets take some kilobytes, service accounts less. */
const MAX_ANSWER_BYTES = 1024 * 1024;

export interface JsonRequest {
  readonly method: 'GET' | 'POST';
  /** http or https. */
  readonly url: string;
  /** Certificates that the other side's must come from, PEM; '' for those that the system trusts. */
  readonly caPem: string;
  /** Sent as Authorization: Bearer; '' for none. */
  readonly bearer: string;
  /** Sent as JSON; undefined for none. */
  readonly body?: unknown;
}

export interface JsonAnswer {
  readonly status: number;
  /** Undefined where it is no JSON. */
  readonly body: unknown;
}

/** Asks for JSON. Rejects with `unavailable` that names the URL where there is no answer. */
export type JsonClient = (request: JsonRequest) => Promise<JsonAnswer>;

/**
 * Over HTTP, without following redirects: what is asked was named by an operator, and nobody else. From the
 * start of a request to the end of its answer at most `timeoutMs` go by.
 */
export function httpJsonClient(timeoutMs: number): JsonClient {
  return async (request) => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await sent(request, signal);
      return { status: response.statusCode ?? 0, body: parsed(await textOf(response)) };
    } catch (cause) {
      const why = signal.aborted ? `no answer within ${timeoutMs / 1000}s` : messageOf(cause);
      throw new MeshError('unavailable', `${request.method} ${request.url}: ${why}`, { cause });
    }
  };
}

function sent(
  { method, url, caPem, bearer, body }: JsonRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    Accept: 'application/json',
    ...(bearer !== '' && { Authorization: `Bearer ${bearer}` }),
    ...(text !== undefined && {
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(text)),
    }),
  };
  const options = { method, headers, agent: false, signal };
  return new Promise((resolve, reject) => {
    const request = url.startsWith('https:')
      ? httpsRequest(url, { ...options, ...(caPem !== '' && { ca: caPem }) })
      : httpRequest(url, options);
    request.on('response', resolve).on('error', reject);
    request.end(text);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) {
      response.destroy();
      throw new Error(`the answer exceeds ${MAX_ANSWER_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
