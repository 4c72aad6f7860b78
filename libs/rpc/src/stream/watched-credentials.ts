import type { Socket } from 'node:net';
import { ChannelCredentials } from '@grpc/grpc-js';

type SecureConnector = ReturnType<ChannelCredentials['_createSecureConnector']>;

/**
 * Credentials that remember the TCP connection they were used on. A gRPC channel that is closed
 * while it waits for the other end's first word keeps its connection for ever; this can end it.
 */
export class WatchedCredentials extends ChannelCredentials {
  private readonly inner: ChannelCredentials;
  private readonly sockets = new Set<Socket>();
  private abandoned = false;

  constructor(inner: ChannelCredentials) {
    super();
    this.inner = inner;
  }

  /** Ends the connection, also one that is still being made. */
  abandon(): void {
    this.abandoned = true;
    for (const socket of this.sockets) socket.destroy();
  }

  override _isSecure(): boolean {
    return this.inner._isSecure();
  }

  override _equals(other: ChannelCredentials): boolean {
    return other === this;
  }

  override _createSecureConnector(
    ...given: Parameters<ChannelCredentials['_createSecureConnector']>
  ): SecureConnector {
    const connector = this.inner._createSecureConnector(...given);
    return {
      connect: (socket) => {
        this.sockets.add(socket);
        socket.once('close', () => this.sockets.delete(socket));
        if (this.abandoned) socket.destroy();
        return connector.connect(socket);
      },
      waitForReady: () => connector.waitForReady(),
      getCallCredentials: () => connector.getCallCredentials(),
      destroy: () => connector.destroy(),
    };
  }
}
