import { type ClientRequestArgs, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import type { Route } from '@mesh/api-contract';
import { type Logger, type LogValue, noMetrics, silentLogger } from '@mesh/base';
import type { HttpConfig } from '@mesh/config';
import type { BoundRoute, Freshness, Handler } from '@mesh/resource';
import { NO_TLS } from '@mesh/testkit';
import { createHttpServer, type HttpServer, type HttpServerOptions } from '../http-server.ts';

/** Configuration of a server on a free port of loopback. */
export const RIG_CONFIG: HttpConfig = {
  listen: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }],
  https: { listen: [], handshakeTimeoutMs: 5000, tls: NO_TLS },
  blockEndpoints: [],
  responseHeaders: {},
  allowWriteFrom: [],
  useCache: true,
  maxConnectionsPerClient: 0,
  disableUnprintableCharFilter: false,
  alwaysPretty: false,
  ui: false,
  uiContentPath: '/ui/',
  uiDir: '',
  unixSocket: { user: '', group: '', mode: '' },
};

const PLATFORM = {
  clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
  timers: {
    after(delayMs: number, callback: () => void) {
      const timer = setTimeout(callback, delayMs);
      return { cancel: () => clearTimeout(timer) };
    },
  },
  random: { float: Math.random, bytes: (count: number) => new Uint8Array(count), uuid: () => '' },
};

/** A route row with a handler, for tests that need no contract. */
export function boundRoute(row: Partial<Route> & { path: string }, handler: Handler): BoundRoute {
  const route: Route = {
    method: 'GET',
    query: [],
    consistency: 'local',
    blocking: false,
    filter: false,
    cached: false,
    acl: 'public',
    maxBodyBytes: 0,
    tier: 'A',
    doc: '',
    client: '',
    ...row,
  };
  return { name: row.path, route, handler };
}

/** A row of replicated state: blocking and tracked. */
export function readRow(path: string): Partial<Route> & { path: string } {
  return { path, consistency: 'read', blocking: true, filter: true, cached: true };
}

export type RigOptions = Partial<Omit<HttpServerOptions, 'config' | 'routes'>>;

/** A server that is listening. */
export async function startRig(
  routes: readonly BoundRoute[],
  config: Partial<HttpConfig> = {},
  options: RigOptions = {},
): Promise<HttpServer & { readonly port: number }> {
  const server = createHttpServer({
    config: { ...RIG_CONFIG, ...config },
    routes,
    logger: silentLogger,
    metrics: noMetrics,
    platform: PLATFORM,
    defaultQueryTimeMs: 300_000,
    maxQueryTimeMs: 600_000,
    datacenter: 'dc1',
    ...options,
  });
  await server.start();
  const [first] = server.addresses;
  return Object.assign(server, { port: first?.kind === 'tcp' ? first.port : 0 });
}

export interface RigAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly text: string;
}

/** Sends one request and reads the whole answer. */
export function ask(
  port: number,
  path: string,
  options: ClientRequestArgs & { readonly body?: string | Uint8Array } = {},
): Promise<RigAnswer> {
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path, agent: false, ...rest },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const all = Buffer.concat(chunks);
          const { statusCode = 0, headers } = incoming;
          resolve({ status: statusCode, headers, body: all, text: all.toString() });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Sends raw bytes and resolves with all that comes back until the connection ends. */
export function sendRaw(port: number, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(received));
    socket.end(bytes);
  });
}

/** A value with an index, whose changes wake blocked reads and end freshness: a one-entry state store. */
export class RigState {
  index = 10;
  value: unknown = 'first';
  /** Times that a read was evaluated. */
  reads = 0;
  private readonly stale = new Set<() => void>();
  private readonly parked = new Set<() => void>();

  get parkedCount(): number {
    return this.parked.size;
  }

  set(value: unknown): void {
    this.value = value;
    this.index++;
    for (const callbacks of [this.stale, this.parked]) {
      const all = [...callbacks];
      callbacks.clear();
      for (const callback of all) callback();
    }
  }

  /** Handler of a blocking read of the value. */
  readonly handler: Handler = async (context) => {
    const { minIndex, signal, track } = context.readOptions;
    if (minIndex >= this.index) await this.park(signal);
    this.reads++;
    const meta = { index: this.index, knownLeader: true, lastContactMs: 0 };
    const value = this.value;
    return {
      kind: 'json',
      status: 200,
      value,
      meta: track ? { ...meta, freshness: this.freshness() } : meta,
    };
  };

  private park(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.parked.add(resolve);
      signal?.addEventListener('abort', () => {
        this.parked.delete(resolve);
        reject(new Error('cancelled'));
      });
    });
  }

  private freshness(): Freshness {
    const { index } = this;
    return {
      isFresh: () => this.index === index,
      onStale: (callback) => {
        this.stale.add(callback);
        return () => this.stale.delete(callback);
      },
    };
  }
}

/** A logger that keeps lines as `LEVEL message key=value`. */
export function recordingLogger(lines: string[], level: 'DEBUG' | 'INFO' = 'DEBUG'): Logger {
  const write =
    (name: string) =>
    (message: string, fields: Readonly<Record<string, LogValue>> = {}) => {
      const text = Object.entries(fields).map(([key, value]) => ` ${key}=${value}`);
      lines.push(`${name} ${message}${text.join('')}`);
    };
  return {
    trace: write('TRACE'),
    debug: write('DEBUG'),
    info: write('INFO'),
    warn: write('WARN'),
    error: write('ERROR'),
    enabled: (asked) => asked !== 'TRACE' && (level === 'DEBUG' || asked !== 'DEBUG'),
    named: () => recordingLogger(lines, level),
  };
}
