import type { ServerResponse } from 'node:http';
import type { Clock } from '@mesh/base';
import type { RenderedReply } from './rendered-reply.ts';

/**
 * Node has no public way to send a head that is already encoded: writeHead checks and joins every header
 * of every answer, a quarter of the cost of a small one. The field behind it has had this name and meaning
 * since Node 0.x; where it should ever be gone, writeHead is used.
 */
interface PreparedHead {
  _header?: string | null;
}

/** Sends rendered replies. */
export class ReplyWriter {
  private readonly clock: Clock;
  private readonly connectionHead: string;
  private dateSecond = -1;
  private dateHead = '';

  constructor(clock: Clock, keepAliveTimeoutMs: number) {
    this.clock = clock;
    const seconds = Math.floor(keepAliveTimeoutMs / 1000);
    this.connectionHead = `Connection: keep-alive\r\nKeep-Alive: timeout=${seconds}\r\n\r\n`;
  }

  /** Does nothing when the client is gone or was answered. */
  send(response: ServerResponse, rendered: RenderedReply): void {
    if (response.headersSent || response.destroyed) return;
    const { body } = rendered;
    const prepared = response as unknown as PreparedHead;
    if (response.shouldKeepAlive && prepared._header === null && isCurrentProtocol(response)) {
      response.statusCode = rendered.status;
      const head = rendered.headText + this.date() + this.connectionHead;
      if (typeof body === 'string' && rendered.encoding === 'latin1') {
        // Head and body as one string are one write to the socket; end(body) would make it a writev.
        prepared._header = head + body;
        response.end();
        return;
      }
      prepared._header = head;
    } else {
      // The array is taken as it is; the type wants a mutable one that writeHead does not change.
      response.writeHead(rendered.status, rendered.head as string[]);
    }
    if (typeof body === 'string') response.end(body, rendered.encoding);
    else response.end(body);
  }

  private date(): string {
    const second = Math.floor(this.clock.nowMs() / 1000);
    if (second !== this.dateSecond) {
      this.dateSecond = second;
      this.dateHead = `Date: ${new Date(second * 1000).toUTCString()}\r\n`;
    }
    return this.dateHead;
  }
}

/** HTTP/1.0 clients get what writeHead makes for them. */
function isCurrentProtocol(response: ServerResponse): boolean {
  return response.req.httpVersionMinor === 1 && response.req.httpVersionMajor === 1;
}
