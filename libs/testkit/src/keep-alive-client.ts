import { Agent, request } from 'node:http';
import type { HttpAnswer } from './agent-process.ts';

/** Where an agent's HTTP API is: a port on loopback, or a socket in the file system. */
export type HttpTarget = { readonly port: number } | { readonly socketPath: string };

/** A request that got no whole answer. */
export class RequestFailed extends Error {
  /** False when the server certainly saw none of it: nothing listened there. */
  readonly sent: boolean;

  constructor(cause: Error & { code?: string }) {
    super(cause.message, { cause });
    this.name = 'RequestFailed';
    this.sent = cause.code !== 'ECONNREFUSED' && cause.code !== 'ENOENT';
  }
}

/** An HTTP client that keeps its connections open, as real clients do. */
export class KeepAliveClient {
  private readonly target: HttpTarget;
  private readonly agent: Agent;

  constructor(target: HttpTarget) {
    this.target = target;
    this.agent = new Agent({ keepAlive: true });
  }

  /**
   * One exchange; its answer may have any status.
   * @throws RequestFailed when the connection breaks or `timeoutMs` pass without an answer
   */
  exchange(
    method: string,
    path: string,
    body?: string | Buffer | object,
    timeoutMs = 30_000,
  ): Promise<HttpAnswer> {
    const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
    const data = body === undefined ? undefined : isRaw ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(new RequestFailed(error));
      const outgoing = request(
        { ...this.target, host: '127.0.0.1', method, path, agent: this.agent },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk) => chunks.push(chunk));
          incoming.on('error', fail);
          incoming.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers as Record<string, string>,
              text,
              json: <T>() => JSON.parse(text) as T,
            });
          });
        },
      );
      outgoing.setTimeout(timeoutMs, () => outgoing.destroy(new Error(`${path}: no answer`)));
      outgoing.on('error', fail);
      outgoing.end(data);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
