import type { IncomingMessage } from 'node:http';
import { type Clock, formatDuration, type Logger, type Metrics } from '@mesh/base';

const TOKEN = /([?&;]token=)[^&;]*/g;
/** Paths of the legacy ACL routes end in a token. */
const TOKEN_IN_PATH = /^(\/v1\/acl\/(?:clone|destroy|info)\/)[^/?]+/;

/** The URL as it may appear in a log: without secrets, without line breaks, bounded. */
export function redactUrl(url: string): string {
  let shown = url.length > 1024 ? `${url.slice(0, 1024)}...` : url;
  if (shown.includes('token=')) shown = shown.replace(TOKEN, '$1<hidden>');
  if (shown.startsWith('/v1/acl/')) shown = shown.replace(TOKEN_IN_PATH, '$1<hidden>');
  return shown;
}

/** Tells log and metrics about requests. */
export class RequestLog {
  private readonly logger: Logger;
  private readonly metrics: Metrics;
  private readonly clock: Clock;

  constructor(logger: Logger, metrics: Metrics, clock: Clock) {
    this.logger = logger;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** A request was answered; `metric` is its route's name, "" for what has no route. */
  finished(request: IncomingMessage, metric: string, startedAtMs: number): void {
    const latencyMs = this.clock.monotonicMs() - startedAtMs;
    if (metric !== '') this.metrics.sample(metric, latencyMs);
    if (!this.logger.enabled('DEBUG')) return;
    this.logger.debug('Request finished', {
      method: request.method,
      url: redactUrl(request.url ?? ''),
      from: clientOf(request),
      latency: latencyText(latencyMs),
    });
  }

  /** A request failed for a reason that is not the client's. */
  failed(request: IncomingMessage, error: Error): void {
    this.logger.error('Request error', {
      method: request.method,
      url: redactUrl(request.url ?? ''),
      from: clientOf(request),
      error,
    });
  }
}

/** A duration as Go writes it, to the microsecond: cheaper than the exact form, and easier to read. */
function latencyText(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1000)}µs`;
  if (ms < 1000) return `${Math.round(ms * 1000) / 1000}ms`;
  return formatDuration(Math.round(ms));
}

function clientOf(request: IncomingMessage): string {
  const { remoteAddress, remotePort } = request.socket;
  if (remoteAddress === undefined) return '@';
  const host = remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress;
  return `${host}:${remotePort}`;
}
