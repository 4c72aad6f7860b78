import type { Socket } from 'node:net';

const REFUSAL =
  'HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain; charset=utf-8\r\n' +
  'Content-Length: 68\r\nConnection: close\r\n\r\n';
const REFUSAL_TEXT = 'Your IP is issuing too many concurrent connections, please rate limit';

/** Counts connections by client address and refuses those beyond the limit. */
export class ConnectionLimit {
  /** Most connections of one address; 0 sets no limit. */
  maxPerClient: number;
  private readonly counts = new Map<string, number>();

  constructor(maxPerClient: number) {
    this.maxPerClient = maxPerClient;
  }

  /**
   * Takes a new connection into account; false when it was refused and closed.
   * @param isSecure it speaks TLS: a refusal could not be read
   */
  admit(socket: Socket, isSecure = false): boolean {
    const address = socket.remoteAddress;
    // Unix sockets have no address; access to them is the file's mode.
    if (address === undefined) return true;
    const count = this.counts.get(address) ?? 0;
    if (this.maxPerClient > 0 && count >= this.maxPerClient) {
      socket.on('error', () => {});
      if (isSecure) {
        socket.destroy();
        return false;
      }
      socket.end(REFUSAL.replace('68', String(REFUSAL_TEXT.length)) + REFUSAL_TEXT);
      socket.destroySoon();
      return false;
    }
    this.counts.set(address, count + 1);
    socket.once('close', () => {
      const left = (this.counts.get(address) ?? 1) - 1;
      if (left > 0) this.counts.set(address, left);
      else this.counts.delete(address);
    });
    return true;
  }
}
