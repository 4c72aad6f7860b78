import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface CannedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text and bytes as they are, anything else as JSON. */
  readonly body?: unknown;
}

type Answers = (request: SeenRequest) => CannedAnswer | undefined;

/** An HTTP server on loopback that answers as a test says, and 404 where it says nothing. */
export class FakeServer {
  readonly seen: SeenRequest[] = [];
  readonly #server: Server;

  private constructor(answers: Answers) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const seen = {
          method: request.method!,
          url: request.url!,
          headers: request.headers,
          body: Buffer.concat(chunks).toString(),
        };
        this.seen.push(seen);
        const { status = 200, headers = {}, body } = answers(seen) ?? { status: 404 };
        response.writeHead(status, headers);
        const isRaw = typeof body === 'string' || body instanceof Uint8Array;
        response.end(isRaw ? body : body === undefined ? '' : JSON.stringify(body));
      });
    });
  }

  /** @param where a port (0: any) or the path of a socket */
  static async start(answers: Answers, where: number | string = 0): Promise<FakeServer> {
    const fake = new FakeServer(answers);
    await new Promise<void>((resolve) => {
      if (typeof where === 'string') fake.#server.listen(where, resolve);
      else fake.#server.listen(where, '127.0.0.1', resolve);
    });
    return fake;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
