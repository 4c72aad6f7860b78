import { type ChildProcess, spawn } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type Logger, MeshError, parseDuration, type Timers } from '@mesh/base';
import type { WatchDefinition } from '@mesh/config';
import { OutputBuffer } from '@mesh/health-checks';

/** Output of a handler that is kept for the log, bytes. */
const OUTPUT_MAX_BYTES = 4096;
const HTTP_TIMEOUT_MS = 10_000;

/**
 * Tells a watch's handler of a value; resolves when it is done, or when `signal` aborts: a program goes
 * on then, as the one that asked for a reload must. Rejects when it failed.
 */
export type WatchHandler = (json: string, index: number, signal: AbortSignal) => Promise<void>;

/** The handler that a watch names. */
export function watchHandler(watch: WatchDefinition, logger: Logger, timers: Timers): WatchHandler {
  if (watch.handlerType === 'http') return httpHandler(watch.httpHandler ?? {}, logger, timers);
  return scriptHandler(watch.args, logger);
}

/** Runs a program with the value on its standard input and CONSUL_INDEX in its environment. */
function scriptHandler(args: readonly string[], logger: Logger): WatchHandler {
  const name = args[0] ?? '';
  return (json, index, signal) =>
    new Promise((resolve, reject) => {
      const child: ChildProcess = spawn(name, args.slice(1), {
        env: { ...process.env, CONSUL_INDEX: String(index) },
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      const leave = () => resolve();
      signal.addEventListener('abort', leave, { once: true });
      const fail = (why: string, cause?: Error) => {
        signal.removeEventListener('abort', leave);
        reject(new MeshError('unavailable', `handler ${name} ${why}`, { cause }));
      };
      child.on('error', (cause) => fail(`cannot be run: ${cause.message}`, cause));
      const output = new OutputBuffer(OUTPUT_MAX_BYTES);
      // Without file descriptors to spare there are no streams, and the error comes alone.
      child.stdout?.on('data', (chunk: Buffer) => output.append(chunk));
      child.stderr?.on('data', (chunk: Buffer) => output.append(chunk));
      child.on('close', (code, killedBy) => {
        logger.debug('watch handler output', { watch_handler: name, output: output.toString() });
        if (code !== 0) return fail(`ended with ${killedBy ?? code}`);
        signal.removeEventListener('abort', leave);
        resolve();
      });
      // A handler need not read its input; what it leaves is nobody's error.
      child.stdin?.on('error', () => {});
      child.stdin?.end(`${json}\n`);
    });
}

/** Sends the value to a URL with X-Consul-Index; an answer other than 2xx is a failure. */
function httpHandler(
  config: Readonly<Record<string, unknown>>,
  logger: Logger,
  timers: Timers,
): WatchHandler {
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
        rejectUnauthorized: config['tls_skip_verify'] !== true,
        headers: {
          'Content-Type': 'application/json',
          ...headersOf(config['header']),
          'X-Consul-Index': String(index),
        },
      });
      const timer = timers.after(timeoutMs, () =>
        request.destroy(new Error(`no answer in ${timeoutMs} ms`)),
      );
      request.on('close', () => timer.cancel());
      request.on('error', fail);
      request.on('response', (response) => {
        const output = new OutputBuffer(OUTPUT_MAX_BYTES);
        response.on('data', (chunk: Buffer) => output.append(chunk));
        response.on('error', fail);
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          const said = output.toString();
          logger.debug('watch handler answer', { watch_handler: url, status, output: said });
          if (status >= 200 && status < 300) resolve();
          else fail(new Error(`answered ${status}: ${said}`));
        });
      });
      request.end(`${json}\n`);
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
