import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { CheckDefinition } from '@mesh/api-contract';
import { critical, cutBytes, dialError, type Probe } from '../probe.ts';
import type { CheckDeps, CheckResult } from '../types.ts';

/** Default time of a run, milliseconds. */
const DEFAULT_TIMEOUT_MS = 10_000;
/** Redirects followed, as Go's client does. */
const MAX_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

interface Attempt {
  readonly url: URL;
  readonly method: string;
  readonly body: string;
}

/** Asks a URL: 2xx is passing, 429 Too Many Requests warning, all else critical. */
export function httpProbe(definition: CheckDefinition, deps: CheckDeps): Probe {
  return {
    type: 'http',
    run: async (signal) => {
      const first = {
        url: new URL(definition.http),
        method: definition.method || 'GET',
        body: definition.body,
      };
      const limitMs = definition.timeoutMs || DEFAULT_TIMEOUT_MS;
      const abort = new AbortController();
      let isLate = false;
      const timer = deps.platform.timers.after(limitMs, () => {
        isLate = true;
        abort.abort();
      });
      const stop = () => abort.abort();
      signal.addEventListener('abort', stop, { once: true });
      try {
        return await follow(definition, deps, first, abort.signal);
      } catch (error) {
        const verb = first.method.charAt(0) + first.method.slice(1).toLowerCase();
        const { host, port } = hostPort(first.url);
        const why = isLate
          ? 'context deadline exceeded (timeout while awaiting answer)'
          : dialError(`${host}:${port}`, error as NodeJS.ErrnoException);
        return critical(`${verb} "${definition.http}": ${why}`);
      } finally {
        timer.cancel();
        signal.removeEventListener('abort', stop);
      }
    },
  };
}

async function follow(
  definition: CheckDefinition,
  deps: CheckDeps,
  first: Attempt,
  signal: AbortSignal,
): Promise<CheckResult> {
  let attempt = first;
  for (let redirects = 0; ; redirects++) {
    const answer = await ask(definition, deps, attempt, signal);
    const { location } = answer.headers;
    const status = answer.statusCode ?? 0;
    if (!REDIRECTS.has(status) || location === undefined) {
      const output = await readOutput(answer, deps.outputMaxBytes);
      return resultOf(attempt, answer, output);
    }
    answer.destroy();
    if (redirects === MAX_REDIRECTS) throw new Error(`stopped after ${MAX_REDIRECTS} redirects`);
    const keepsMethod = status === 307 || status === 308;
    attempt = {
      url: new URL(location, attempt.url),
      method: keepsMethod ? attempt.method : 'GET',
      body: keepsMethod ? attempt.body : '',
    };
  }
}

function ask(
  definition: CheckDefinition,
  { httpUserAgent = 'Consul Health Check', tls }: CheckDeps,
  { url, method, body }: Attempt,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const headers: Record<string, string | string[]> = {
    'User-Agent': httpUserAgent,
    Accept: 'text/plain, text/*, */*',
  };
  for (const [name, values] of Object.entries(definition.header)) {
    // A list of one is no list: Node takes none for Host.
    headers[name] = values.length === 1 ? values[0]! : [...values];
  }
  return new Promise((resolve, reject) => {
    // A connection of its own each time: a pool would hide that new ones are refused.
    const shared = { method, headers, signal, agent: false as const };
    const outgoing: ClientRequest =
      url.protocol === 'https:'
        ? tlsRequest(url, { ...shared, ...tls, rejectUnauthorized: !definition.tlsSkipVerify })
        : plainRequest(url, shared);
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** Reads as much of a body as is kept; a longer one is not waited for. */
function readOutput(answer: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = () => resolve(cutBytes(Buffer.concat(chunks).toString(), maxBytes));
    answer.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length < maxBytes) return;
      answer.destroy();
      end();
    });
    answer.once('end', end);
    answer.once('error', reject);
  });
}

function resultOf({ method, url }: Attempt, answer: IncomingMessage, body: string): CheckResult {
  const code = answer.statusCode ?? 0;
  const output = `HTTP ${method} ${url.href}: ${code} ${answer.statusMessage} Output: ${body}`;
  if (code >= 200 && code < 300) return { status: 'passing', output };
  return { status: code === 429 ? 'warning' : 'critical', output };
}

function hostPort({ hostname, port, protocol }: URL): { host: string; port: string } {
  return { host: hostname, port: port || (protocol === 'https:' ? '443' : '80') };
}
