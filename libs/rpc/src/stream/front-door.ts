import type { Socket } from 'node:net';
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';
import { handshakeFailure } from '@mesh/tls';
import type { IncomingTls } from './tls.ts';

/** First byte of a TLS connection: a record of the handshake (RFC 8446 5.1). HTTP/2 begins with "P". */
const TLS_HANDSHAKE = 0x16;

/** What a door does with its connections. */
export interface FrontDoorEvents {
  /** A connection that may speak HTTP/2. */
  admitted(socket: Socket): void;
  /** A connection was closed: it is not as it must be. */
  refused(from: string, reason: string): void;
}

/**
 * Takes the connections of an RPC port: plain ones and TLS on one port, told apart by their first byte, so that
 * a datacenter can turn TLS on server by server.
 */
export class FrontDoor {
  private readonly tls: IncomingTls | undefined;
  private readonly events: FrontDoorEvents;
  private secure: { readonly server: Server; readonly context: SecureContextOptions } | undefined;

  constructor(tls: IncomingTls | undefined, events: FrontDoorEvents) {
    this.tls = tls;
    this.events = events;
  }

  /** Admits or refuses a new connection, once it has said its first byte. */
  take(socket: Socket): void {
    const context = this.tls?.context();
    if (!context) {
      this.events.admitted(socket);
      return;
    }
    socket.once('readable', () => {
      const first: Buffer | null = socket.read(1);
      if (first === null) {
        socket.destroy();
        return;
      }
      socket.unshift(first);
      if (first[0] === TLS_HANDSHAKE) this.secureServer(context).emit('connection', socket);
      else this.takePlain(socket);
    });
  }

  private takePlain(socket: Socket): void {
    if (!this.tls?.verify) {
      this.events.admitted(socket);
      return;
    }
    const from = shown(socket);
    socket.destroy();
    this.events.refused(from, 'the connection is not TLS, and verify_incoming asks for it');
  }

  /** It never listens: connections are handed to it. */
  private secureServer(context: SecureContextOptions): Server {
    if (this.secure?.context === context) return this.secure.server;
    const verify = this.tls?.verify ?? false;
    const rules = { requestCert: verify, rejectUnauthorized: verify, ALPNProtocols: ['h2'] };
    const server = createServer({ ...context, ...rules }, (socket) => {
      socket.on('error', () => undefined);
      if (socket.alpnProtocol === 'h2') this.events.admitted(socket);
      else {
        socket.destroy();
        this.events.refused(shown(socket), 'the client does not offer HTTP/2');
      }
    });
    server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
      const reason = handshakeFailure(error, socket);
      if (reason !== undefined) this.events.refused(shown(socket), reason);
      socket.destroy();
    });
    this.secure = { server, context };
    return server;
  }
}

/** A connection that is over by now has no address any more. */
function shown({ remoteAddress, remotePort }: Socket): string {
  return remoteAddress === undefined ? 'unknown' : `${remoteAddress}:${remotePort}`;
}
