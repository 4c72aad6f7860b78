import { spawn } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type Logger, MeshError, parseDuration } from '@mesh/base';
import type { WatchDefinition } from '@mesh/config';

/** Output of a handler that is kept for the log, bytes. */
const OUTPUT_MAX_BYTES = 4096;
const HTTP_TIMEOUT_MS = 10_000;

/** Tells a watch's handler of a value; resolves when it is done. Rejects when it failed. */
export type WatchHandler = (json: string, index: number, signal: AbortSignal) => Promise<void>;

/** The handler that a watch names. */
export function watchHandler(watch: WatchDefinition, logger: Logger): WatchHandler {
  if (watch.handlerType === 'http') return httpHandler(watch.httpHandler ?? {}, logger);
  return scriptHandler(watch.args, logger);
}

/** The value in JSON as handlers get it: bytes as base64. */
export function watchJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner instanceof Uint8Array) return Buffer.from(inner).toString('base64');
    return typeof inner === 'bigint' ? Number(inner) : inner;
  });
}

/** Runs a program with the value on its standard input and CONSUL_INDEX in its environment. */
function scriptHandler(args: readonly string[], logger: Logger): WatchHandler {
  return (json, index, signal) =>
    new Promise((resolve, reject) => {
      const child = spawn(args[0] ?? '', args.slice(1), {
        env: { ...process.env, CONSUL_INDEX: String(index) },
        stdio: ['pipe', 'pipe', 'pipe'],
        signal,
      });
      const chunks: Buffer[] = [];
      let sizeBytes = 0;
      const collect = (chunk: Buffer) => {
        if (sizeBytes < OUTPUT_MAX_BYTES) chunks.push(chunk);
        sizeBytes += chunk.length;
      };
      child.stdout.on('data', collect);
      child.stderr.on('data', collect);
      child.on('error', (cause) =>
        reject(new MeshError('unavailable', `handler ${args[0]}: ${cause.message}`, { cause })),
      );
      child.on('close', (code) => {
        const output = Buffer.concat(chunks).subarray(0, OUTPUT_MAX_BYTES).toString();
        logger.debug('watch handler output', { watch_handler: args[0], output });
        if (code === 0) resolve();
        else reject(new MeshError('unavailable', `handler ${args[0]} ended with ${code}`));
      });
      // A handler need not read its input; what it leaves is nobody's error.
      child.stdin.on('error', () => {});
      child.stdin.end(`${json}\n`);
    });
}

/** Sends the value to a URL with X-Consul-Index; an answer of 400 or more is a failure. */
function httpHandler(config: Readonly<Record<string, unknown>>, logger: Logger): WatchHandler {
  const url = String(config['path'] ?? '');
  const method = String(config['method'] || 'POST');
  const timeoutMs = timeoutOf(config['timeout']);
  return (json, index, signal) =>
    new Promise((resolve, reject) => {
      const fail = (cause: Error) =>
        reject(new MeshError('unavailable', `handler ${url}: ${cause.message}`, { cause }));
      const open = url.startsWith('https:') ? httpsRequest : httpRequest;
      const request = open(url, {
        method,
        signal,
        timeout: timeoutMs,
        rejectUnauthorized: config['tls_skip_verify'] !== true,
        headers: {
          'Content-Type': 'application/json',
          ...headersOf(config['header']),
          'X-Consul-Index': String(index),
        },
      });
      request.on('timeout', () => request.destroy(new Error(`no answer in ${timeoutMs} ms`)));
      request.on('error', fail);
      request.on('response', (response) => {
        response.resume();
        response.on('error', fail);
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          logger.debug('watch handler answer', { watch_handler: url, status });
          if (status < 400) resolve();
          else fail(new Error(`answered ${status}`));
        });
      });
      request.end(json);
    });
}

function timeoutOf(value: unknown): number {
  if (typeof value !== 'string') return HTTP_TIMEOUT_MS;
  const ms = parseDuration(value);
  return ms === undefined || ms <= 0 ? HTTP_TIMEOUT_MS : ms;
}

function headersOf(value: unknown): Record<string, string[]> {
  const out: Record<string, string[]> = {};
  if (typeof value !== 'object' || value === null) return out;
  for (const [name, values] of Object.entries(value)) {
    out[name] = (Array.isArray(values) ? values : [values]).map(String);
  }
  return out;
}
