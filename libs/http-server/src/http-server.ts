import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  ServerResponse,
  validateHeaderName,
  validateHeaderValue,
} from 'node:http';
import { createServer as createSecureServer, Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { type Component, type Logger, MeshError, type Metrics, type Platform } from '@mesh/base';
import type { HttpConfig, ListenAddress } from '@mesh/config';
import type { BoundRoute } from '@mesh/resource';
import { HttpsCredentials, handshakeFailure } from '@mesh/tls';
import { AccessRules } from './access.ts';
import { AgentCache } from './agent-cache.ts';
import { ApiService } from './api-service.ts';
import { BuiltUi } from './built-ui.ts';
import { ConnectionLimit } from './connection-limit.ts';
import { createExpressApp } from './express-app.ts';
import { createInterceptor } from './interceptor.ts';
import { listen } from './listeners.ts';
import { LiveServer } from './live/live-server.ts';
import { answerParseError } from './parse-error.ts';
import { ReplyWriter } from './reply-writer.ts';
import { RequestLog } from './request-log.ts';
import { ResponseCache, type ResponseCacheLimits } from './response-cache.ts';
import { type CompiledRoute, Router } from './router.ts';

export interface HttpServerOptions {
  readonly config: HttpConfig;
  readonly routes: readonly BoundRoute[];
  /** Named agent.http. */
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly platform: Platform;
  /** Wait of a blocking query that names none, milliseconds. */
  readonly defaultQueryTimeMs: number;
  /** Longest wait that a client may ask for, milliseconds. */
  readonly maxQueryTimeMs: number;
  readonly datacenter: string;
  /** Tells clients that addresses are translated for them. @default false */
  readonly translateAddresses?: boolean;
  /** Body limit of a row whose limit is configurable, bytes; undefined keeps the row's own. */
  readonly bodyLimitBytes?: (route: BoundRoute['route']) => number | undefined;
  /** Folder of the built UI, where config.uiDir names none. @default '' (a page of links) */
  readonly uiRoot?: string;
  /** Token of requests that bear none. @default '' */
  readonly defaultToken?: () => string;
  /** Offer the WebSocket at /v1/live. @default true */
  readonly live?: boolean;
  /** For tests. @default 10 s headers, 120 s request, 120 s keep-alive, 1 s grace */
  readonly timings?: Partial<HttpServerTimings>;
  /** @default 20,000 answers, 64 MiB */
  readonly cacheLimits?: ResponseCacheLimits;
}

/** The HTTP API of an agent. */
export interface HttpServer extends Component {
  /** Addresses bound, in the order configured; ports of 0 resolved. Empty before start. */
  readonly addresses: readonly ListenAddress[];
  /** Addresses bound for HTTPS, likewise. */
  readonly secureAddresses: readonly ListenAddress[];
  /**
   * Applies what a reload may change; another `https` than that in use reads the files of TLS anew.
   * @throws MeshError `invalid-argument` naming key and file of TLS; then nothing has changed
   */
  reconfigure(config: Pick<HttpConfig, 'maxConnectionsPerClient' | 'https'>): void;
  /** Drops answers that were kept: who asks without a token is somebody else now. */
  forgetAnswers(): void;
}

/** How long clients may take, and how much they may send. */
export interface HttpServerTimings {
  /** Longest that a client may take over its headers, milliseconds. */
  readonly headersMs: number;
  /** Longest that a whole request may take to arrive, milliseconds. */
  readonly requestMs: number;
  /** How often the two are checked, milliseconds. */
  readonly checkMs: number;
  /** Idle connections live longer than the pools of usual clients keep them (90 s), milliseconds. */
  readonly keepAliveMs: number;
  /** How long answers in flight get at a stop, milliseconds. */
  readonly stopGraceMs: number;
}

const DEFAULT_TIMINGS: HttpServerTimings = {
  headersMs: 10_000,
  requestMs: 120_000,
  checkMs: 5_000,
  keepAliveMs: 120_000,
  stopGraceMs: 1000,
};

/** How often a stop looks for connections that have become idle, milliseconds. */
const STOP_SWEEP_MS = 20;

/** URL and headers together, bytes: room for long filter expressions. */
const MAX_HEADER_BYTES = 64 * 1024;

/** Builds the server; nothing happens before `start`. Throws when routes or settings contradict each other. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  return new NodeHttpServer(options);
}

class NodeHttpServer implements HttpServer {
  readonly name = 'http';
  addresses: ListenAddress[] = [];
  secureAddresses: ListenAddress[] = [];
  private readonly options: HttpServerOptions;
  private readonly timings: HttpServerTimings;
  private readonly connections: ConnectionLimit;
  private readonly cache: ResponseCache;
  private readonly listener: RequestListener;
  private readonly stopping = new Set<() => void>();
  private live: LiveServer | undefined;
  private servers: (Server | SecureServer)[] = [];
  private https: HttpConfig['https'];
  /** Undefined without HTTPS. */
  private readonly credentials: HttpsCredentials | undefined;

  constructor(options: HttpServerOptions) {
    this.options = options;
    this.timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.connections = new ConnectionLimit(options.config.maxConnectionsPerClient);
    this.cache = new ResponseCache(options.cacheLimits);
    this.listener = this.assemble();
    const { https } = options.config;
    this.https = https;
    if (https.listen.length > 0) this.credentials = new HttpsCredentials(https.tls);
  }

  async start(): Promise<void> {
    if (this.servers.length > 0) return;
    const { config } = this.options;
    try {
      this.addresses = await this.listenOn(config.listen, () => this.createServer());
      const { credentials } = this;
      if (!credentials) return;
      this.secureAddresses = await this.listenOn(config.https.listen, () =>
        this.createSecureServer(credentials),
      );
    } catch (thrown) {
      await this.stop();
      throw thrown;
    }
  }

  private async listenOn(
    wanted: readonly ListenAddress[],
    create: () => Server | SecureServer,
  ): Promise<ListenAddress[]> {
    const bound: ListenAddress[] = [];
    for (const address of wanted) {
      const server = create();
      this.servers.push(server);
      bound.push(await listen(server, address, this.options.config.unixSocket));
    }
    return bound;
  }

  async stop(): Promise<void> {
    const servers = this.servers;
    this.servers = [];
    this.addresses = [];
    this.secureAddresses = [];
    const closed = servers.map(
      (server) => new Promise<void>((resolve) => server.close(() => resolve())),
    );
    this.live?.stop();
    for (const abandon of [...this.stopping]) abandon();
    const deadlineMs = this.options.platform.clock.monotonicMs() + this.timings.stopGraceMs;
    const sweep = () => {
      // Connections whose last answer has just gone out are idle only now.
      const isLate = this.options.platform.clock.monotonicMs() >= deadlineMs;
      if (isLate) this.live?.terminate();
      for (const server of servers) {
        if (isLate) server.closeAllConnections();
        else server.closeIdleConnections();
      }
      return this.options.platform.timers.after(STOP_SWEEP_MS, () => {
        timer = sweep();
      });
    };
    let timer = sweep();
    await Promise.all(closed);
    timer.cancel();
    this.cache.clear();
  }

  reconfigure(config: Pick<HttpConfig, 'maxConnectionsPerClient' | 'https'>): void {
    if (config.https !== this.https) this.renewCertificates(config.https);
    this.connections.maxPerClient = config.maxConnectionsPerClient;
  }

  /** Connections that are open stay as they are. */
  private renewCertificates(https: HttpConfig['https']): void {
    this.credentials?.reload(https.tls);
    this.https = https;
    if (!this.credentials) return;
    for (const server of this.servers) {
      if (server instanceof SecureServer) server.setSecureContext(this.credentials.context);
    }
  }

  forgetAnswers(): void {
    this.cache.clear();
  }

  private createServer(): Server {
    const server = createServer(this.serverOptions(), this.listener);
    return this.prepare(server, false);
  }

  private createSecureServer(credentials: HttpsCredentials): SecureServer {
    const { handshakeTimeoutMs: handshakeTimeout } = this.https;
    const options = { ...this.serverOptions(), ...credentials.options };
    const server = createSecureServer(
      // 0 is no limit in the configuration.
      { ...options, ...(handshakeTimeout > 0 && { handshakeTimeout }) },
      this.listener,
    );
    server.on('tlsClientError', (error, socket) => {
      const reason = handshakeFailure(error, socket);
      if (reason === undefined) return;
      this.options.metrics.count('http.tls_refused');
      this.options.logger.debug('TLS handshake failed', { reason });
    });
    return this.prepare(server, true);
  }

  private serverOptions() {
    const { headersMs, requestMs, checkMs, keepAliveMs } = this.timings;
    return {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: checkMs,
      keepAliveTimeout: keepAliveMs,
      noDelay: true,
    };
  }

  private prepare<S extends Server | SecureServer>(server: S, isSecure: boolean): S {
    server.on('connection', (socket: Socket) => {
      if (this.connections.admit(socket, isSecure)) return;
      this.options.metrics.count('http.refused_connections');
    });
    server.on('clientError', answerParseError);
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      if (this.live?.takes(request)) this.live.accept(request, socket, head);
      else this.answerWithoutUpgrade(request, socket);
    });
    return server;
  }

  /**
   * A client that offers another protocol (h2c) takes an answer in HTTP/1.1 (RFC 9110 section 7.8). Its
   * connection is no longer parsed, so a body could not be read.
   */
  private answerWithoutUpgrade(request: IncomingMessage, socket: Socket): void {
    socket.on('error', () => {});
    if (request.method !== 'GET') {
      answerParseError(new Error('upgrade of a request with a body'), socket);
      return;
    }
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once('finish', () => socket.destroySoon());
    this.listener(request, response);
  }

  private assemble(): RequestListener {
    const { config, platform, logger, metrics, routes, translateAddresses = false } = this.options;
    const baseHead = ['Vary', 'Accept-Encoding', ...checkedHeaders(config.responseHeaders)];
    if (translateAddresses) baseHead.push('X-Consul-Translate-Addresses', 'true');
    const nowMs = () => platform.clock.monotonicMs();
    const access = new AccessRules(config.blockEndpoints, config.allowWriteFrom);
    const log = new RequestLog(logger, metrics, platform.clock);
    const writer = new ReplyWriter(platform.clock, this.timings.keepAliveMs);
    const router = new Router(routes);
    const { maxQueryTimeMs, defaultToken } = this.options;
    const limits = {
      ...{ useCache: config.useCache, maxQueryTimeMs },
      ...(defaultToken && { defaultToken }),
    };
    const service = new ApiService({
      settings: {
        ...limits,
        alwaysPretty: config.alwaysPretty,
        baseHead,
        bodyLimitBytes: (compiled: CompiledRoute) =>
          this.options.bodyLimitBytes?.(compiled.route) ?? compiled.route.maxBodyBytes,
      },
      access,
      cache: this.cache,
      agentCache: new AgentCache(),
      log,
      writer,
      nowMs,
      onStopping: (callback) => {
        this.stopping.add(callback);
        return () => this.stopping.delete(callback);
      },
    });
    if (this.options.live ?? true) {
      const { cache } = this;
      const allowedOrigin = headerOf(config.responseHeaders, 'access-control-allow-origin');
      const live = { router, access, cache, settings: limits, platform, logger, allowedOrigin };
      this.live = new LiveServer(live);
    }
    const refuseUnprintable = !config.disableUnprintableCharFilter;
    const shared = { router, service, access, log, refuseUnprintable, nowMs };
    const app = createExpressApp({
      ...shared,
      logger,
      baseHead,
      ui: this.ui(),
      live: this.live !== undefined,
    });
    return createInterceptor({ ...shared, writer, cache: this.cache, fallback: app });
  }

  /** A folder of the operator's own goes before the UI that comes with the agent. */
  private ui() {
    const { config, uiRoot = '', datacenter } = this.options;
    if (!config.ui && config.uiDir === '') return undefined;
    const { uiContentPath: path, uiDir } = config;
    const isOurs = uiDir === '' && BuiltUi.isAt(uiRoot);
    const built = isOurs ? new BuiltUi({ root: uiRoot, path, datacenter }) : undefined;
    return { path, root: uiDir, built };
  }
}

function headerOf(headers: Readonly<Record<string, string>>, lowerName: string): string {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === lowerName);
  return found?.[1] ?? '';
}

/** Names and values in turn. Throws `invalid-argument` on one that HTTP does not allow. */
function checkedHeaders(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (cause) {
      const shown = JSON.stringify(`${name}: ${value}`);
      const text = `http_config.response_headers: ${shown} is not a valid header`;
      throw new MeshError('invalid-argument', text, { cause });
    }
    return [name, value];
  });
}
