import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { LIVE_LIMITS } from '@mesh/api-contract';
import type { Timer } from '@mesh/base';
import { WebSocketServer } from 'ws';
import type { RequestSource } from '../exchange.ts';
import { ParsedQuery } from '../query-parameters.ts';
import { parseTarget } from '../request-target.ts';
import { LiveConnection, type LiveParts, type SubscriptionBudget } from './live-connection.ts';

/** Connections that do not answer a ping for this long are ended, milliseconds. */
const PING_PERIOD_MS = 30_000;
/** Subscriptions of all connections together. */
const MAX_TOTAL_SUBSCRIPTIONS = 50_000;

export interface LiveServerOptions extends LiveParts {
  /** Pages of this origin may connect besides those of our own; from Access-Control-Allow-Origin. */
  readonly allowedOrigin: string;
}

/** GET /v1/live: accepts WebSockets and looks after them. */
export class LiveServer {
  private readonly sockets: WebSocketServer;
  private readonly connections = new Set<LiveConnection>();
  private readonly budget: SubscriptionBudget = { left: MAX_TOTAL_SUBSCRIPTIONS };
  private readonly options: LiveServerOptions;
  private pinging: Timer | undefined;

  constructor(options: LiveServerOptions) {
    this.options = options;
    this.sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Compression contexts cost 300 KB a connection; updates are small or rare.
      perMessageDeflate: false,
      maxPayload: LIVE_LIMITS.maxMessageBytes,
    });
    this.sockets.on('wsClientError', (_error, socket) => socket.destroy());
  }

  /** Connections open now. */
  get size(): number {
    return this.connections.size;
  }

  /** True when an upgrade request is for this server. */
  takes(request: IncomingMessage): boolean {
    return (
      request.method === 'GET' &&
      request.headers.upgrade?.toLowerCase() === 'websocket' &&
      parseTarget(request.url ?? '').path === '/v1/live'
    );
  }

  /** Completes the handshake or refuses it. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => {});
    if (this.options.access.isBlocked('/v1/live') || !this.isOriginAllowed(request)) {
      refuse(socket, '403 Forbidden');
      return;
    }
    if (this.connections.size >= LIVE_LIMITS.maxConnections) {
      refuse(socket, '429 Too Many Requests');
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const source = sourceOf(request);
      const connection = new LiveConnection(webSocket, source, this.options, this.budget);
      this.connections.add(connection);
      webSocket.once('close', () => this.connections.delete(connection));
      this.schedulePing();
    });
  }

  /** Says goodbye to all clients. */
  stop(): void {
    this.pinging?.cancel();
    this.pinging = undefined;
    for (const connection of [...this.connections]) connection.close();
  }

  /** Ends connections whose clients did not answer the goodbye. */
  terminate(): void {
    for (const connection of [...this.connections]) connection.terminate();
  }

  /** One timer for all connections, and none while there are none. */
  private schedulePing(): void {
    this.pinging ??= this.options.platform.timers.after(PING_PERIOD_MS, () => {
      this.pinging = undefined;
      for (const connection of [...this.connections]) connection.checkAlive();
      if (this.connections.size > 0) this.schedulePing();
    });
  }

  /**
   * Browsers let any page open a WebSocket anywhere and send Origin along (RFC 6455 section 10.2); other
   * clients send none.
   */
  private isOriginAllowed(request: IncomingMessage): boolean {
    const { origin, host } = request.headers;
    if (origin === undefined) return true;
    const { allowedOrigin } = this.options;
    if (allowedOrigin === '*' || allowedOrigin === origin) return true;
    return host !== undefined && /^https?:\/\/(.+)$/i.exec(origin)?.[1] === host;
  }
}

function refuse(socket: Duplex, statusLine: string): void {
  socket.end(`HTTP/1.1 ${statusLine}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** What subscriptions inherit from the upgrade request: its headers, and a token in its query string. */
function sourceOf(request: IncomingMessage): Omit<RequestSource, 'onAbandoned'> {
  const { rawQuery } = parseTarget(request.url ?? '');
  const token = tokenOf(rawQuery);
  return {
    remoteAddress: request.socket.remoteAddress ?? '',
    header(name) {
      if (name === 'x-consul-token' && token !== '') return token;
      // Caching is the business of each answer, not of the connection.
      if (name === 'cache-control') return undefined;
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
  };
}

function tokenOf(rawQuery: string): string {
  try {
    return new ParsedQuery(rawQuery).get('token') ?? '';
  } catch {
    return '';
  }
}
