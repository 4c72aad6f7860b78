import type { CheckDefinition } from '@mesh/api-contract';
import { withDeadline } from '../deadline.ts';
import { networkError } from '../network-error.ts';
import { critical, type Probe } from '../probe.ts';
import type { CheckDeps, CheckResult } from '../types.ts';
import { ask, type HttpAttempt, hasHeader, readBody } from './http-exchange.ts';

/** Default time of a run, milliseconds. */
const DEFAULT_TIMEOUT_MS = 10_000;
/** Redirects followed, as Go's client does. */
const MAX_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Headers that stay with the host they were meant for. */
const PRIVATE_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'www-authenticate',
]);

/** Asks a URL: 2xx is passing, 429 Too Many Requests warning, all else critical. */
export function httpProbe(definition: CheckDefinition, deps: CheckDeps): Probe {
  const limitMs = definition.timeoutMs || DEFAULT_TIMEOUT_MS;
  return {
    type: 'http',
    run: (stopped) =>
      withDeadline(deps.platform.timers, limitMs, stopped, async ({ signal, isLate }) => {
        const exchange = new Exchange(definition, deps, signal);
        try {
          return await exchange.run();
        } catch (error) {
          return critical(exchange.describe(error, isLate()));
        }
      }),
  };
}

/** One run: the first request and those that redirects lead to. */
class Exchange {
  private attempt: HttpAttempt | undefined;
  private readonly definition: CheckDefinition;
  private readonly deps: CheckDeps;
  private readonly signal: AbortSignal;

  constructor(definition: CheckDefinition, deps: CheckDeps, signal: AbortSignal) {
    this.definition = definition;
    this.deps = deps;
    this.signal = signal;
  }

  async run(): Promise<CheckResult> {
    const { definition, deps, signal } = this;
    let attempt = firstAttempt(definition, deps.httpUserAgent);
    const tls = { ...deps.tls, rejectUnauthorized: !definition.tlsSkipVerify };
    for (let redirects = 0; ; redirects++) {
      this.attempt = attempt;
      const answer = await ask(attempt, tls, signal);
      const status = answer.statusCode ?? 0;
      const { location } = answer.headers;
      if (!REDIRECTS.has(status) || location === undefined) {
        const body = await readBody(answer, deps.outputMaxBytes);
        const line = `${status} ${answer.statusMessage ?? ''}`;
        const method = definition.method || 'GET';
        const output = `HTTP ${method} ${definition.http}: ${line} Output: ${body}`;
        return { status: statusOf(status), output };
      }
      answer.destroy();
      if (redirects === MAX_REDIRECTS) throw new Error(`stopped after ${MAX_REDIRECTS} redirects`);
      attempt = redirected(attempt, status, new URL(location, attempt.url));
    }
  }

  /** What went wrong, in the words that people know from Go: `Get "URL": dial tcp ...`. */
  describe(error: unknown, isLate: boolean): string {
    const method = this.attempt?.method ?? (this.definition.method || 'GET');
    const verb = method.charAt(0).toUpperCase() + method.slice(1).toLowerCase();
    const url = this.attempt?.url;
    const isFirst = url === undefined || url.href === hrefOf(this.definition.http);
    const shown = withoutPassword(isFirst ? this.definition.http : url.href);
    const why = isLate
      ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
      : networkError(url?.host ?? '', error as Error);
    return `${verb} "${shown}": ${why}`;
  }
}

function firstAttempt(definition: CheckDefinition, userAgent = 'Consul Health Check'): HttpAttempt {
  const headers: Record<string, readonly string[]> = { ...definition.header };
  if (!hasHeader(headers, 'user-agent')) headers['User-Agent'] = [userAgent];
  if (!hasHeader(headers, 'accept')) headers['Accept'] = ['text/plain, text/*, */*'];
  return {
    url: new URL(definition.http),
    method: definition.method || 'GET',
    headers,
    body: definition.body,
  };
}

/** The request that follows a redirect (RFC 7231 6.4): 307 and 308 keep method and body. */
function redirected(from: HttpAttempt, status: number, url: URL): HttpAttempt {
  const keepsMethod = status === 307 || status === 308;
  const isSameHost = url.host === from.url.host;
  const headers: Record<string, readonly string[]> = {};
  for (const [name, values] of Object.entries(from.headers)) {
    const lower = name.toLowerCase();
    const isPrivate = lower === 'host' || PRIVATE_HEADERS.has(lower);
    if (isSameHost || !isPrivate) headers[name] = values;
  }
  if (keepsMethod) return { ...from, url, headers };
  return { url, headers, method: from.method === 'HEAD' ? 'HEAD' : 'GET', body: '' };
}

function statusOf(code: number): CheckResult['status'] {
  if (code >= 200 && code < 300) return 'passing';
  return code === 429 ? 'warning' : 'critical';
}

function hrefOf(text: string): string | undefined {
  return URL.canParse(text) ? new URL(text).href : undefined;
}

/** A URL for people to read: what is said about a failure is in the catalog for all to see. */
function withoutPassword(text: string): string {
  return text.replace(/^([a-z]+:\/\/[^/@:]*):[^/@]*@/i, '$1:***@');
}
