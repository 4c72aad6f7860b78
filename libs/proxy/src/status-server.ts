import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { type Component, MeshError } from '@mesh/base';
import type { ProxyStatus } from './status.ts';

/** What is shown. */
export interface StatusSource {
  status(): ProxyStatus;
  /** Prometheus text format. */
  prometheus(): string;
}

/** Further answers by path; undefined where there is none. */
export type MorePages = (path: string, query: URLSearchParams) => Promise<Page> | undefined;

export interface Page {
  readonly type: string;
  readonly body: string;
}

export interface StatusServerOptions {
  /** A TCP address, or the path of a unix socket in a folder that only the user may enter. */
  readonly at: { readonly host: string; readonly port: number } | { readonly path: string };
  /** Whether /status is answered: it names peers, so not on addresses that others reach. */
  readonly withStatus: boolean;
  readonly source: StatusSource;
  readonly more?: MorePages;
}

const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';
/** A question takes no longer, milliseconds. */
const REQUEST_MS = 10_000;
const MAX_CONNECTIONS = 64;

/** Answers /metrics, and on request /status: for Prometheus and for `consul connect proxy -status`. */
export class StatusServer implements Component {
  readonly name = 'status-server';
  private readonly options: StatusServerOptions;
  private server: Server | undefined;

  constructor(options: StatusServerOptions) {
    this.options = options;
  }

  /** Rejects with MeshError `unavailable` when it cannot listen. */
  async start(): Promise<void> {
    if (this.server) return;
    const { at } = this.options;
    const server = createServer({ requestTimeout: REQUEST_MS }, (request, response) => {
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      this.page(isRead ? (request.url ?? '') : '').then(
        (page) => {
          response.writeHead(page ? 200 : 404, { 'Content-Type': page?.type ?? 'text/plain' });
          response.end(page?.body ?? 'not found\n');
        },
        (error: Error) => {
          response.writeHead(500, { 'Content-Type': 'text/plain' });
          response.end(`${error.message}\n`);
        },
      );
    });
    server.maxConnections = MAX_CONNECTIONS;
    if ('path' in at) await makeWay(at.path);
    await new Promise<void>((resolve, reject) => {
      const where = 'path' in at ? at.path : `${at.host}:${at.port}`;
      server.once('error', (cause) => {
        const message = `cannot listen on ${where}: ${cause.message}`;
        reject(new MeshError('unavailable', message, { cause }));
      });
      server.listen(at, resolve);
    });
    if ('path' in at) chmodSync(at.path, 0o600);
    this.server = server;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    server.closeAllConnections();
    // A unix socket's file goes with it.
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  private async page(target: string): Promise<Page | undefined> {
    const { source, withStatus, more } = this.options;
    // Not every target is a path that URL takes: `//` is none.
    const [path = '', search = ''] = target.split('?', 2);
    if (path === '/metrics') return { type: PROMETHEUS, body: source.prometheus() };
    if (path === '/status' && withStatus) {
      return { type: 'application/json', body: `${JSON.stringify(source.status(), null, 2)}\n` };
    }
    return more?.(path, new URLSearchParams(search));
  }
}

/** Makes the folder, for its owner alone, and removes a socket that nobody listens on any more. */
async function makeWay(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new MeshError('unavailable', `cannot make ${folder}: ${(cause as Error).message}`, {
      cause,
    });
  }
  const { uid, mode } = lstatSync(folder);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) {
    throw new MeshError('permission-denied', `${folder} belongs to or is open to others`);
  }
  const isTaken = await new Promise<boolean>((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
  if (isTaken) throw new MeshError('unavailable', `${path} is that of another proxy`);
  rmSync(path, { force: true });
}
