import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP } from 'node:net';
import { MIB } from '@mesh/base';
import type { CheckTls } from '../types.ts';
import { OutputBuffer } from './output-buffer.ts';

/** Most of a body that is read, bytes; what comes after is not waited for. */
const MAX_BODY_BYTES = MIB;
/** Largest header of an answer, bytes. */
const MAX_HEADER_BYTES = 64 * 1024;

/** One request. */
export interface HttpAttempt {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
}

export interface HttpTls extends CheckTls {
  readonly rejectUnauthorized: boolean;
}

/** True when a header is set, in whatever spelling. */
export function hasHeader(headers: HttpAttempt['headers'], lowerName: string): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === lowerName);
}

/**
 * Sends a request and resolves to the answer, its body unread. Each request has a connection of its own:
 * a pool would hide that new connections are refused.
 */
export function ask(
  { url, method, headers, body }: HttpAttempt,
  tls: HttpTls,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const shared = {
      method,
      headers: headerLines(headers),
      signal,
      agent: false as const,
      maxHeaderSize: MAX_HEADER_BYTES,
    };
    let outgoing: ClientRequest;
    if (url.protocol === 'https:') {
      // Node would take the name to verify from the Host header.
      const servername = isIP(url.hostname.replace(/^\[|\]$/g, '')) ? '' : url.hostname;
      outgoing = tlsRequest(url, { ...shared, ...tls, servername });
    } else if (url.protocol === 'http:') {
      outgoing = plainRequest(url, shared);
    } else {
      throw new Error(`unsupported protocol scheme "${url.protocol.slice(0, -1)}"`);
    }
    outgoing.once('response', resolve);
    // Stays for the request's life: an error without a listener would end the process.
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Reads a body and keeps its end. One that breaks off counts as far as it came, as in the original. */
export function readBody(answer: IncomingMessage, keptBytes: number): Promise<string> {
  const output = new OutputBuffer(keptBytes);
  return new Promise((resolve) => {
    const end = () => resolve(output.text());
    answer.on('data', (chunk: Buffer) => {
      output.append(chunk);
      if (output.totalBytes >= MAX_BODY_BYTES) answer.destroy();
    });
    answer.on('error', end);
    answer.once('close', end);
    answer.once('end', end);
  });
}

/** A list of one is no list: Node takes none for Host and some others. */
function headerLines(headers: HttpAttempt['headers']): Record<string, string | string[]> {
  const lines: Record<string, string | string[]> = {};
  for (const [name, values] of Object.entries(headers)) {
    if (values.length === 0) continue;
    const isSingle = values.length === 1 || name.toLowerCase() === 'host';
    lines[name] = isSingle ? values[0]! : [...values];
  }
  return lines;
}
